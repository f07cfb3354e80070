#include "tools/dev_controller/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "tools/dev_controller/ids.h"

namespace dev_controller {
namespace {

namespace fs = std::filesystem;

void WritePrivate(const std::string& file, const std::string& text) {
  const std::string fresh = file + ".new";
  const int descriptor = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = descriptor >= 0 && write(descriptor, text.data(), text.size()) ==
                                              static_cast<ssize_t>(text.size());
  if (descriptor >= 0) close(descriptor);
  if (!written || rename(fresh.c_str(), file.c_str()) != 0)
    throw std::runtime_error("cannot write " + file);
}

}  // namespace

StateFolder::StateFolder(std::string path) {
  std::error_code error;
  path_ = fs::absolute(path, error).lexically_normal().string();
  const bool made = fs::create_directories(path_, error);
  if (error) throw std::runtime_error("cannot make the folder " + path_);
  if (made) fs::permissions(path_, fs::perms::owner_all, error);
  lock_ = open((path_ + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) throw std::runtime_error("cannot write in the folder " + path_);
  if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    close(lock_);
    throw std::runtime_error("another development controller uses the folder " + path_);
  }
}

StateFolder::~StateFolder() {
  close(lock_);
}

std::string StateFolder::AdminPassword() const {
  const std::string file = path_ + "/admin.password";
  if (!fs::exists(file)) WritePrivate(file, NewLongId());
  std::ifstream stream(file);
  std::string password;
  std::getline(stream, password);
  if (password.empty()) throw std::runtime_error(file + " is empty");
  return password;
}

}  // namespace dev_controller
