#pragma once

#include <string>

namespace dev_controller {

// The folder one controller keeps its state in, held for one process at a time.
class StateFolder {
 public:
  // Makes it if need be. Throws std::runtime_error when it cannot be made or another process has
  // it.
  explicit StateFolder(std::string path);
  ~StateFolder();
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  const std::string& path() const { return path_; }  // absolute

  // The administrator's password from `admin.password`, which is made with a new one, for its owner
  // only, if it is not there. Throws std::runtime_error.
  std::string AdminPassword() const;

 private:
  std::string path_;
  int lock_ = -1;
};

}  // namespace dev_controller
