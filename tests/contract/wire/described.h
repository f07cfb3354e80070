#pragma once

#include <set>
#include <string>

#include <google/protobuf/descriptor.h>

#include "tests/contract/wire/contract_table.h"

namespace runners::wire {

// What descriptors say, in the same lines as the contract's rows.
std::set<std::string> FieldLines(const google::protobuf::FileDescriptor& file);
std::set<std::string> EnumLines(const google::protobuf::FileDescriptor& file);
std::set<std::string> MethodLines(const google::protobuf::FileDescriptor& file);

// "missing: ..." for what only `contract` has, "extra: ..." for what only `described` has, one a
// line; empty when both agree.
std::string Disagreement(const std::set<std::string>& contract,
                         const std::set<std::string>& described);

}  // namespace runners::wire
