#pragma once

#include "gtest/gtest.h"

#include "absl/status/status.h"

#include "core/support/error.h"

namespace runners::testing {

// Succeeds when `status` is the error of that reason, with the code that belongs to it.
inline ::testing::AssertionResult Fails(const absl::Status& status, ErrorReason reason) {
  if (HasReason(status, reason) && status.code() == RowOf(reason).code) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << status.ToString();
}

}  // namespace runners::testing
