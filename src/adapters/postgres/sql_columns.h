#pragma once

// The columns of a runner as row_mapping.cc reads them, of a table or alias called `runners`. A
// macro, because string literals are joined by the compiler and constants are not.
#define RUNNERS_RUNNER_COLUMNS                                                                \
  "runners.id, runners.name, runners.organization_id, runners.status, runners.labels, "       \
  "runners.capabilities, (extract(epoch FROM runners.created_at) * 1000000)::bigint "         \
  "AS created_us, (extract(epoch FROM runners.updated_at) * 1000000)::bigint AS updated_us, " \
  "runners.etag"
