// SPDX-License-Identifier: MIT
#include "failure.h"

#include <cstdio>
#include <cstring>

#include "errno_names.h"

namespace traffic {
namespace {

// strerror_r returns the text in glibc, and a status in musl: overloads tell the two apart.
[[maybe_unused]] const char* text_of(const char* text, const char*) {
  return text;
}
[[maybe_unused]] const char* text_of(int status, const char* buffer) {
  return status == 0 ? buffer : "Unknown error";
}

} // namespace

std::string error_name(int error) {
  switch (error) {
#define NAME(name) \
  case name:       \
    return #name;
    TRAFFIC_ERRNO_NAMES(NAME)
#undef NAME
  }
  char unknown[40];
  std::snprintf(unknown, sizeof(unknown), "Unknown system error %d", -error);
  return unknown;
}

std::string error_text(int error) {
  char buffer[128] = "";
  return text_of(strerror_r(error, buffer, sizeof(buffer)), buffer);
}

} // namespace traffic
