#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Leaves the function with the error of `expression`, if it has one.
#define RUNNERS_RETURN_IF_ERROR(expression)            \
  do {                                                 \
    absl::Status runners_status_ = (expression);       \
    if (!runners_status_.ok()) return runners_status_; \
  } while (false)

#define RUNNERS_CONCAT_INNER_(a, b) a##b
#define RUNNERS_CONCAT_(a, b) RUNNERS_CONCAT_INNER_(a, b)

// Assigns the value of a StatusOr to `target`, or leaves the function with its error.
#define RUNNERS_ASSIGN_OR_RETURN(target, expression) \
  RUNNERS_ASSIGN_OR_RETURN_INNER_(RUNNERS_CONCAT_(runners_or_, __LINE__), target, expression)

#define RUNNERS_ASSIGN_OR_RETURN_INNER_(holder, target, expression) \
  auto holder = (expression);                                       \
  if (!holder.ok()) return std::move(holder).status();              \
  target = *std::move(holder)
