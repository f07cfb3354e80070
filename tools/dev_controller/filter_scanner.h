#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dev_controller {

enum class TokenKind { kIdentifier, kString, kNumber, kOperator, kBracket, kUnknown, kEnd };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;        // as written
  std::string value;       // of a string: without quotes and escapes
  std::size_t column = 0;  // of the first character, from 0
};

// The tokens of a filter, the last of kind kEnd. What is none is kUnknown. Thread-safe.
std::vector<Token> Scanned(std::string_view text);

}  // namespace dev_controller
