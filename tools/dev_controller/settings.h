#pragma once

#include <string>

#include "absl/time/time.h"

namespace dev_controller {

// Whose ways the controller has, where the lines of OpenZiti differ.
enum class Line { k16, k20 };

// How one run of the controller is set up.
struct Settings {
  std::string state_dir;
  std::string admin_user = "admin";
  std::string admin_password;
  Line line = Line::k20;
  int management_port = 0;  // 0: the one of the last start, or any
  int client_port = 0;
  absl::Duration session_timeout = absl::Minutes(30);
  // Deleting an identity leaves its terminators, as 1.6 does with the OIDC API enabled.
  bool oidc_deletes = false;
};

// Lives of what is handed out, as a controller has them by default.
inline constexpr absl::Duration kOneTimeTokenLife = absl::Hours(3);
inline constexpr absl::Duration kCertificateLife = absl::Hours(365 * 24);

inline constexpr char kManagementPath[] = "/edge/management/v1";
inline constexpr char kClientPath[] = "/edge/client/v1";
inline constexpr char kDevPath[] = "/dev/v1";

}  // namespace dev_controller
