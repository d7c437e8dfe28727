// SPDX-License-Identifier: MIT
#include "descriptor.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace traffic {

Descriptor::~Descriptor() {
  // Linux releases the descriptor even when close() returns EINTR. A second close() could close a file that another
  // thread has opened meanwhile.
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
