#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace runners::openziti {

// Where one controller listens. Immutable.
class EdgeUrl {
 public:
  // From `https://host[:port]`, with or without `/edge/management/v1` or `/edge/client/v1` and a
  // slash behind it. Nothing for anything else: another scheme, another path, a query, a user name.
  static std::optional<EdgeUrl> Parse(std::string_view text);

  // What Parse takes, as the end of a sentence about a setting.
  static constexpr char kForm[] =
      "must be https://HOST:PORT, with /edge/management/v1 or /edge/client/v1 behind it or nothing";

  const std::string& root() const { return root_; }  // https://host[:port]
  std::string management() const { return root_ + "/edge/management/v1"; }
  std::string client() const { return root_ + "/edge/client/v1"; }

 private:
  explicit EdgeUrl(std::string root) : root_(std::move(root)) {}

  std::string root_;
};

// `text` with everything but letters, digits and `-._~` as %XX (RFC 3986, 2.3).
std::string UrlEncoded(std::string_view text);

}  // namespace runners::openziti
