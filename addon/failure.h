// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <variant>

namespace traffic {

// A failed system call. The thread pool passes this struct on; only system_error.cc turns it into a message.
struct Failure {
  int error;           // positive, as in errno
  const char* syscall; // a string literal
  std::string path;
};

struct Done {};

template <typename Value>
using Result = std::variant<Value, Failure>;

// Returns the name of the error, such as "ENOEXEC". For a number without a name it returns "Unknown system error -524",
// as libuv does.
std::string error_name(int error);

// Returns the description of the error, such as "Exec format error" for ENOEXEC.
std::string error_text(int error);

} // namespace traffic
