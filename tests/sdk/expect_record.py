"""Waits until the development controller has recorded what the SDK is to do there, and nothing else.

expect_record.py SERVICE [SECONDS]: with the ZITI_* settings of the service in the environment. Exits 0 when the record
holds log-ins with a client certificate of one identity alone, which is the one that may bind SERVICE, and the wish to
bind that service and no other. Prints the record as one line.
"""

import json
import os
import ssl
import sys
import time
import urllib.parse
import urllib.request

TLS = ssl.create_default_context(cafile=os.environ["ZITI_CA_FILE"])
MANAGEMENT = os.environ["ZITI_MANAGEMENT_URL"]


def call(url, session="", body=None):
    headers = {"Content-Type": "application/json", "zt-session": session}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), context=TLS, timeout=10) as answer:
        return json.load(answer)["data"]


def log_in():
    with open(os.environ["ZITI_PASSWORD_FILE"], encoding="ascii") as file:
        credentials = {"username": os.environ["ZITI_USERNAME"], "password": file.read().strip()}
    return call(f"{MANAGEMENT}/authenticate?method=password", body=credentials)["token"]


def find(session, collection, name_filter):
    rows = call(f"{MANAGEMENT}/{collection}?filter={urllib.parse.quote(name_filter)}", session)
    if len(rows) != 1:
        sys.exit(f"{collection} where {name_filter}: {len(rows)} instead of one")
    return rows[0]["id"]


def objections(record, identity, service):
    """What the record lacks, and what it has too much, in words."""
    logins, wishes = record["logins"], record["sessions"]
    lacking = [what for what, there in (("log-in", logins), ("wish to bind", wishes)) if not there]
    wrong = [f"log-in {entry}" for entry in logins
             if entry["identityId"] != identity or entry["method"] != "cert" or not entry["sdkInfo"].get("version")]
    wrong += [f"session {entry}" for entry in wishes
              if (entry["identityId"], entry["serviceId"], entry["type"], entry["granted"]) !=
              (identity, service, "Bind", True)]
    return lacking, wrong


def main():
    name, seconds = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
    session = log_in()
    service = find(session, "services", f'name="{name}"')
    identity = find(session, "identities", f'name contains "{name}-"')
    give_up = time.monotonic() + seconds
    while True:
        record = call(MANAGEMENT.replace("/edge/management/v1", "/dev/v1/record"), session)
        lacking, wrong = objections(record, identity, service)
        if wrong:
            sys.exit(f"the record holds what it must not: {'; '.join(wrong)}")
        if not lacking:
            print(json.dumps(record))
            return
        if time.monotonic() > give_up:
            sys.exit(f"no {' and no '.join(lacking)} in the record after {seconds:.0f} s: {record}")
        time.sleep(0.05)


main()
