// SPDX-License-Identifier: MIT
#include "descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace traffic {

Descriptor::~Descriptor() {
  // Linux releases the number even when close() reports EINTR: trying again could close somebody
  // else's.
  if (fd_ >= 0)
    ::close(fd_);
}

Result<Descriptor> open_readonly(const std::string& path) {
  for (;;) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const int error = errno;
    if (fd >= 0)
      return Descriptor(fd);
    if (error != EINTR)
      return Failure{error, "open", path};
  }
}

} // namespace traffic
