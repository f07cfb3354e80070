#include "tools/dev_controller/filter_scanner.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dev_controller {
namespace {

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsIdentifierPart(char c) {
  return IsLetter(c) || c == '.' || c == '-' || c == '_';
}

bool IsNumberPart(char c) {
  return IsDigit(c) || c == '.' || c == '-';
}

// Length of the string that begins at `text`, with both quotes; 0 when it does not end.
std::size_t StringLength(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return 0;
}

std::string Unescaped(std::string_view quoted) {
  std::string value;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == '\\') ++i;
    value.push_back(quoted[i]);
  }
  return value;
}

std::size_t RunLength(std::string_view text, bool (*belongs)(char)) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), belongs) -
                                  text.begin());
}

std::pair<TokenKind, std::size_t> Classified(std::string_view text) {
  constexpr std::array<std::string_view, 6> kOperators = {"!=", "<=", ">=", "=", "<", ">"};
  const char first = text.front();
  if (IsLetter(first)) return {TokenKind::kIdentifier, RunLength(text, &IsIdentifierPart)};
  if (IsDigit(first) || (first == '-' && text.size() > 1 && IsDigit(text[1])))
    return {TokenKind::kNumber, RunLength(text, &IsNumberPart)};
  if (first == '(' || first == ')') return {TokenKind::kBracket, 1};
  if (first == '"') {
    const std::size_t length = StringLength(text);
    if (length > 0) return {TokenKind::kString, length};
    return {TokenKind::kUnknown, text.size()};
  }
  for (const std::string_view op : kOperators) {
    if (text.substr(0, op.size()) == op) return {TokenKind::kOperator, op.size()};
  }
  return {TokenKind::kUnknown, 1};
}

}  // namespace

std::vector<Token> Scanned(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == ' ' || text[at] == '\t') {
      ++at;
      continue;
    }
    const auto [kind, length] = Classified(text.substr(at));
    const std::string_view written = text.substr(at, length);
    tokens.push_back(
        {kind, std::string(written), kind == TokenKind::kString ? Unescaped(written) : "", at});
    at += length;
  }
  tokens.push_back({TokenKind::kEnd, "<EOF>", "", text.size()});
  return tokens;
}

}  // namespace dev_controller
