#pragma once

#include <stdexcept>
#include <string>

#include "tests/support/installation.h"

// Installations of this build, and the calls that tests make of one over and over.
namespace runners::testing {

inline constexpr char kAcme[] = "aaaaaaaa-0000-4000-8000-000000000001";

// An installation of the programs of this build.
inline InstallationOptions OfThisBuild(int replicas = 1) {
  return {RUNNERS_BINARY_DIR, "", replicas, {}, ControllerPath::kDirect};
}

// What a call that must succeed answers; otherwise the test cannot go on.
template <typename Answer>
Answer Must(absl::StatusOr<Answer> answer) {
  if (!answer.ok()) throw std::runtime_error(answer.status().ToString());
  return *std::move(answer);
}

inline client::Registered RegisterAt(const Installation& installation, const std::string& name,
                                     std::size_t replica = 0) {
  return Must(installation.Connect(replica).Register(
      {name, OrganizationId::Parse(kAcme), {{"name", name}}, {"docker"}}));
}

inline client::EnrolledIdentity EnrollAt(const Installation& installation, const std::string& token,
                                         std::size_t replica = 0) {
  return Must(installation.Connect(replica).Enroll(token));
}

// Which runner a workload of Acme that asks for the runner of that name gets.
inline absl::StatusOr<client::Selected> SelectAt(const Installation& installation,
                                                 const std::string& name, std::size_t replica = 0) {
  return installation.Connect(replica).Select(
      {*OrganizationId::Parse(kAcme), {{"name", name}}, {}, {}});
}

}  // namespace runners::testing
