#include "app/ctl/text.h"

#include <cstdint>

#include "core/support/utf8.h"

namespace runners::ctl {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

bool IsContinuation(char byte) {
  return (static_cast<std::uint8_t>(byte) & 0xC0U) == 0x80U;
}

// Bytes of the character a text begins with, judged by its first byte.
std::size_t CharacterBytes(char first) {
  const auto lead = static_cast<std::uint8_t>(first);
  if (lead >= 0xF0) return 4;
  if (lead >= 0xE0) return 3;
  if (lead >= 0xC0) return 2;
  return 1;
}

// U+200E, U+200F, U+202A to U+202E, U+2028, U+2029, U+2066 to U+2069 in UTF-8.
bool TurnsDirection(std::string_view character) {
  if (character.size() != 3 || character[0] != '\xE2') return false;
  const auto last = static_cast<std::uint8_t>(character[2]);
  if (character[1] == '\x80') return last == 0x8E || last == 0x8F || (last >= 0xA8 && last <= 0xAE);
  return character[1] == '\x81' && last >= 0xA6 && last <= 0xA9;
}

void AppendEscapedByte(char byte, std::string& out) {
  const auto value = static_cast<std::uint8_t>(byte);
  out += "\\x";
  out += kHexDigits[value >> 4U];
  out += kHexDigits[value & 0xFU];
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view character = text.substr(0, CharacterBytes(text.front()));
    if (IsPlainUtf8(character) && !TurnsDirection(character)) {
      out += character;
      text.remove_prefix(character.size());
    } else {
      AppendEscapedByte(text.front(), out);
      text.remove_prefix(1);
    }
  }
  return out;
}

std::size_t CharacterCount(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += IsContinuation(byte) ? 0 : 1;
  return count;
}

std::string Shortened(std::string_view text, std::size_t most) {
  constexpr std::string_view kCut = "...";
  if (CharacterCount(text) <= most) return std::string(text);
  std::size_t left = most - kCut.size();
  std::size_t end = 0;
  while (left > 0) {
    end += CharacterBytes(text[end]);
    --left;
  }
  return std::string(text.substr(0, end)).append(kCut);
}

std::string ShellWord(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(text);
  }
  std::string word = "'";
  for (const char byte : text) {
    if (byte == '\'') {
      word += R"('\'')";
    } else {
      word += byte;
    }
  }
  return word + "'";
}

std::string LabelsText(const Labels& labels) {
  std::vector<std::string> pairs;
  pairs.reserve(labels.size());
  for (const auto& [key, value] : labels) pairs.push_back(key + "=" + value);
  return ListText(pairs);
}

std::string ListText(const std::vector<std::string>& items) {
  if (items.empty()) return "-";
  std::string text;
  for (const std::string& item : items) {
    if (!text.empty()) text += ", ";
    text += item;
  }
  return text;
}

std::string ScopeText(const Runner& runner) {
  return runner.organization_id ? runner.organization_id->text() : "cluster";
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

}  // namespace runners::ctl
