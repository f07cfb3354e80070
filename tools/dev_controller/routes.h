#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/dev_controller/call.h"

namespace dev_controller {

// The parts of a path behind a prefix: {"services", "abc"} of "/edge/management/v1/services/abc".
std::vector<std::string> Segments(std::string_view path, std::string_view prefix);

// What the methods of one path do.
using Methods = std::map<std::string, std::function<Answer()>>;

// Does what the call's method does; throws MethodNotAllowed for any other.
Answer Dispatch(const Call& call, const Methods& methods);

// 404 for a path that is none.
[[noreturn]] void NoSuchPath(const Call& call);

// GET .../version and GET /.well-known/est/cacerts.
struct World;
Answer VersionAnswer(const World& world);
Answer BundleAnswer(const World& world);

}  // namespace dev_controller
