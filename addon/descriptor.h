// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>

#include "failure.h"

namespace traffic {

// Owns an open file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor();

  int get() const { return fd_; }

 private:
  int fd_; // -1 after a move
};

Result<Descriptor> open_readonly(const std::string& path);

} // namespace traffic
