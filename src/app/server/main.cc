#include <iostream>

#include "app/server/commands.h"
#include "app/server/settings.h"

int main(int argc, char** argv) {
  return runners::server::RunCommandLine(argc, argv, runners::server::ProcessEnvironment(),
                                         std::cout, std::cerr);
}
