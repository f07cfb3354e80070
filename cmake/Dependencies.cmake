# Every third-party library, found once. Which folder may include which is checked by tests/arch.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(CURL REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(nlohmann_json CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
# Debian's libpqxx and cpp-httplib have no CMake package file.
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
if(RUNNERS_BUILD_TESTS)
  find_package(GTest CONFIG REQUIRED)
endif()

# The names the rest of the build uses, whatever the finder called them.
add_library(httplib::httplib ALIAS PkgConfig::HTTPLIB)
