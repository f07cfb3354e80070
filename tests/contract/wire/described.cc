#include "tests/contract/wire/described.h"

#include <vector>

namespace runners::wire {
namespace {

namespace proto = google::protobuf;

std::string TypeOf(const proto::FieldDescriptor& field) {
  if (field.is_map()) {
    const proto::Descriptor& entry = *field.message_type();
    return "map<" + TypeOf(*entry.map_key()) + ", " + TypeOf(*entry.map_value()) + ">";
  }
  if (field.type() == proto::FieldDescriptor::TYPE_MESSAGE) return field.message_type()->name();
  if (field.type() == proto::FieldDescriptor::TYPE_ENUM) return field.enum_type()->name();
  return field.type_name();
}

Presence PresenceOf(const proto::FieldDescriptor& field) {
  if (field.is_map()) return Presence::kMap;
  if (field.is_repeated()) return Presence::kRepeated;
  return field.has_optional_keyword() ? Presence::kOptional : Presence::kImplicit;
}

std::set<std::string> MessageLines(const proto::Descriptor& message) {
  const FieldRow none{message.name(), "", 0, "", Presence::kImplicit};
  if (message.field_count() == 0) return Lines({&none, 1});
  std::set<std::string> lines;
  for (int i = 0; i < message.field_count(); ++i) {
    const proto::FieldDescriptor& field = *message.field(i);
    const std::string type = TypeOf(field);
    const FieldRow row{message.name(), field.name(), field.number(), type, PresenceOf(field)};
    lines.merge(Lines({&row, 1}));
  }
  return lines;
}

}  // namespace

std::set<std::string> FieldLines(const proto::FileDescriptor& file) {
  std::set<std::string> lines;
  for (int i = 0; i < file.message_type_count(); ++i) {
    lines.merge(MessageLines(*file.message_type(i)));
  }
  return lines;
}

std::set<std::string> EnumLines(const proto::FileDescriptor& file) {
  std::set<std::string> lines;
  for (int i = 0; i < file.enum_type_count(); ++i) {
    const proto::EnumDescriptor& type = *file.enum_type(i);
    for (int k = 0; k < type.value_count(); ++k) {
      const EnumRow row{type.name(), type.value(k)->name(), type.value(k)->number()};
      lines.merge(Lines({&row, 1}));
    }
  }
  return lines;
}

std::set<std::string> MethodLines(const proto::FileDescriptor& file) {
  std::set<std::string> lines;
  for (int i = 0; i < file.service_count(); ++i) {
    const proto::ServiceDescriptor& service = *file.service(i);
    for (int k = 0; k < service.method_count(); ++k) {
      const proto::MethodDescriptor& method = *service.method(k);
      const bool stream = method.client_streaming() || method.server_streaming();
      const MethodRow row{service.full_name(), method.name(), method.input_type()->full_name(),
                          method.output_type()->full_name()};
      for (const std::string& line : Lines({&row, 1}))
        lines.insert(line + (stream ? " stream" : ""));
    }
  }
  return lines;
}

std::string Disagreement(const std::set<std::string>& contract,
                         const std::set<std::string>& described) {
  std::string text;
  for (const std::string& line : contract) {
    if (!described.contains(line)) text += "missing: " + line + "\n";
  }
  for (const std::string& line : described) {
    if (!contract.contains(line)) text += "extra: " + line + "\n";
  }
  return text;
}

}  // namespace runners::wire
