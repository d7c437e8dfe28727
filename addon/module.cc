// SPDX-License-Identifier: MIT
#include "module.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "descriptor.h"

namespace traffic {

Result<Done> load_module(const std::string& path, const std::string& params) {
  auto opened = open_readonly(path);
  if (auto* failure = std::get_if<Failure>(&opened))
    return std::move(*failure);
  const Descriptor& file = *std::get_if<Descriptor>(&opened);

  // EINTR is not retried: the interrupted call may already have run the module's init function.
  const long status = ::syscall(SYS_finit_module, file.get(), params.c_str(), 0);
  const int error = errno;
  if (status != 0)
    return Failure{error, "finit_module", path};
  return Done{};
}

Result<Done> unload_module(const std::string& name) {
  const long status = ::syscall(SYS_delete_module, name.c_str(), O_NONBLOCK);
  const int error = errno;
  if (status != 0)
    return Failure{error, "delete_module", name};
  return Done{};
}

} // namespace traffic
