#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>

namespace runners::wire {

// How a field says that it is there.
enum class Presence {
  kImplicit,  // proto3's default; a message is there or not
  kOptional,  // `optional`
  kRepeated,
  kMap,
};

// One field as clients know it. `type` is a scalar's name, the short name of a message or enum of
// the package, of google.protobuf, or `map<key, value>`. A message without fields has one row with
// number 0.
struct FieldRow {
  std::string_view message;
  std::string_view field;
  int number;
  std::string_view type;
  Presence presence;
};

struct EnumRow {
  std::string_view name;
  std::string_view value;
  int number;
};

struct MethodRow {
  std::string_view service;  // full name
  std::string_view method;
  std::string_view request;   // full name
  std::string_view response;  // full name
};

// The contract, typed by hand from its tables. A field is never renumbered, retyped or dropped:
// clients in the field hold the other copy.
std::span<const FieldRow> ContractFields();
std::span<const EnumRow> ContractEnums();
std::span<const MethodRow> ContractMethods();

// Each row as one line, to be compared with what the descriptors say.
std::set<std::string> Lines(std::span<const FieldRow> rows);
std::set<std::string> Lines(std::span<const EnumRow> rows);
std::set<std::string> Lines(std::span<const MethodRow> rows);

}  // namespace runners::wire
