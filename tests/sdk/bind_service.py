"""Hosts a service of the overlay with an identity file, through the real SDK, until it is stopped.

bind_service.py IDENTITY_FILE SERVICE: prints "hosting" once an edge router has taken the service, which needs a
network. Exits with a message when the SDK does not take the file or the controller does not offer the service.
"""

import sys
import threading

import openziti


def main():
    identity_file, service = sys.argv[1:]
    context = openziti.load(identity_file)
    if not context._ctx:
        sys.exit(f"the SDK does not load {identity_file}")
    listener = context.bind(service)
    listener.listen(1)
    print("hosting", flush=True)
    threading.Event().wait()


main()
