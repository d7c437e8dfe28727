// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>

#include "failure.h"

namespace traffic {

// A growing buffer that says so when memory runs out: the size of a file is not ours to choose.
class Bytes {
 public:
  const char* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

  char* end() const { return data_.get() + size_; }
  std::size_t room() const { return capacity_ - size_; }
  void append(std::size_t count) { size_ += count; } // count bytes at end() have been written

  // Makes room() at least `count`. False: no memory, nothing changed.
  bool reserve(std::size_t count);

 private:
  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };
  std::unique_ptr<char[], Free> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// A file that never ends (/dev/zero) must not eat the machine.
constexpr std::size_t largest_file = std::size_t{1} << 30;

// The whole file, by one open, so that a /proc file keeps one cursor. EFBIG: more than `limit`
// bytes.
Result<Bytes> read_file(const std::string& path, std::size_t limit = largest_file);

} // namespace traffic
