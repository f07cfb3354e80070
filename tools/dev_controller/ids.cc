#include "tools/dev_controller/ids.h"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace dev_controller {
namespace {

constexpr std::string_view kSmall = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kAll = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr char kFormat[] = "%Y-%m-%dT%H:%M:%E3SZ";

void Fill(unsigned char* bytes, std::size_t size) {
  if (RAND_bytes(bytes, static_cast<int>(size)) != 1)
    throw std::runtime_error("OpenSSL has no randomness");
}

// The few percent by which the first characters come more often do no harm here.
std::string Chosen(std::string_view alphabet, std::size_t size) {
  std::array<unsigned char, 32> bytes{};
  Fill(bytes.data(), size);
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text.push_back(alphabet[bytes[i] % alphabet.size()]);
  return text;
}

}  // namespace

std::string NewLongId() {
  return Chosen(kAll, 22);
}

std::string NewShortId() {
  return Chosen(kAll, 10);
}

std::string NewSessionId() {
  return "c" + Chosen(kSmall, 24);
}

std::string NewUuid() {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::array<unsigned char, 16> bytes{};
  Fill(bytes.data(), bytes.size());
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back(kHex[bytes[i] >> 4]);
    text.push_back(kHex[bytes[i] & 0x0F]);
  }
  return text;
}

std::string Timestamp(absl::Time time) {
  return absl::FormatTime(kFormat, time, absl::UTCTimeZone());
}

absl::Time TimeOf(const std::string& timestamp) {
  absl::Time time;
  if (!absl::ParseTime("%Y-%m-%dT%H:%M:%E*SZ", timestamp, &time, nullptr))
    return absl::InfinitePast();
  return time;
}

}  // namespace dev_controller
