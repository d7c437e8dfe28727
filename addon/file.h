// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>

#include "failure.h"

namespace traffic {

// A growing buffer. reserve() returns false when memory runs out, since a file may be larger than memory.
class Bytes {
 public:
  const char* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

  char* end() const { return data_.get() + size_; }
  std::size_t room() const { return capacity_ - size_; }
  void append(std::size_t count) { size_ += count; } // the caller has written count bytes at end()

  // Makes room() at least `count`. Returns false, and changes nothing, if there is not enough memory.
  bool reserve(std::size_t count);

 private:
  struct Free {
    void operator()(char* memory) const { std::free(memory); }
  };
  std::unique_ptr<char[], Free> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// The limit for a file that never ends, such as /dev/zero.
constexpr std::size_t largest_file = std::size_t{1} << 30;

// Reads the whole file with one open(), so that a /proc file keeps one position. Fails with EFBIG if the file has more
// than `limit` bytes.
Result<Bytes> read_file(const std::string& path, std::size_t limit = largest_file);

} // namespace traffic
