// SPDX-License-Identifier: MIT
#include "file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "descriptor.h"

namespace traffic {
namespace {

// The smallest size that is passed to read(). It is larger than the kernel's buffer of a /proc file, often one page, so
// reading such a file takes the fewest calls.
constexpr std::size_t read_size = 64 * 1024;

} // namespace

bool Bytes::reserve(std::size_t count) {
  if (room() >= count)
    return true;
  const std::size_t capacity = std::max(size_ + count, capacity_ * 2);
  char* grown = static_cast<char*>(std::realloc(data_.get(), capacity));
  if (!grown)
    return false;
  static_cast<void>(data_.release()); // realloc has freed the old block
  data_.reset(grown);
  capacity_ = capacity;
  return true;
}

Result<Bytes> read_file(const std::string& path, std::size_t limit) {
  auto opened = open_readonly(path);
  if (auto* failure = std::get_if<Failure>(&opened))
    return std::move(*failure);
  const Descriptor& file = *std::get_if<Descriptor>(&opened);

  Bytes bytes;
  for (;;) {
    if (!bytes.reserve(read_size))
      return Failure{ENOMEM, "read", path};
    const ssize_t count = ::read(file.get(), bytes.end(), bytes.room());
    const int error = errno;
    if (count == 0)
      return bytes;
    if (count > 0) {
      bytes.append(static_cast<std::size_t>(count));
      if (bytes.size() > limit)
        return Failure{EFBIG, "read", path};
    } else if (error != EINTR) {
      return Failure{error, "read", path};
    }
  }
}

} // namespace traffic
