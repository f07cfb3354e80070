#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

#include "core/ports/crypto.h"
#include "core/support/secret.h"

namespace runners {

// The keys page tokens are sealed with: kept in the database, so that tokens survive restarts and
// work on every replica. Tokens made with `previous` are still opened.
struct PageTokenKeys {
  Secret current;  // 32 bytes
  std::optional<Secret> previous;
};

// Makes opaque page tokens that cannot be forged and fit only the question they were made for.
// Immutable.
class PageTokenSealer {
 public:
  // `hasher` must outlive this.
  PageTokenSealer(const Hasher& hasher, PageTokenKeys keys);

  // `position` comes back from Open; `context` says which list, filter and caller the token belongs
  // to.
  std::string Seal(std::string_view position, std::string_view context) const;

  // Errors: kInvalidPageToken.
  absl::StatusOr<std::string> Open(std::string_view token, std::string_view context) const;

 private:
  std::string Mac(const Secret& key, std::string_view position, std::string_view context) const;

  const Hasher& hasher_;
  const PageTokenKeys keys_;
};

}  // namespace runners
