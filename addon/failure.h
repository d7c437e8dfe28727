// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <variant>

namespace traffic {

// What a system call that failed leaves behind. It crosses threads as it is; only system_error.cc makes words of it.
struct Failure {
  int error;           // as in errno, positive
  const char* syscall; // a literal
  std::string path;
};

struct Done {};

template <typename Value>
using Result = std::variant<Value, Failure>;

// "ENOEXEC" for ENOEXEC; "Unknown system error -524", which is libuv's word, for a number without a name.
std::string error_name(int error);

// "Exec format error" for ENOEXEC.
std::string error_text(int error);

} // namespace traffic
