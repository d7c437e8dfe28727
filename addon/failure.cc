// SPDX-License-Identifier: MIT
#include "failure.h"

#include <cstdio>
#include <cstring>

#include "errno_names.h"

// The POSIX version of strerror_r. Only this name of it exists in both glibc and musl.
extern "C" int __xpg_strerror_r(int error, char* buffer, size_t size);

namespace traffic {

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
  return __xpg_strerror_r(error, buffer, sizeof(buffer)) == 0 ? buffer : "Unknown error";
}

} // namespace traffic
