// SPDX-License-Identifier: MIT
#include "failure.h"

#include <cerrno>
#include <cstring>

#include "check.h"

using traffic::error_name;
using traffic::error_text;

static const Test names("an error is named as the kernel's headers name it", [] {
  CHECK_EQUAL(error_name(ENOENT), "ENOENT");
  CHECK_EQUAL(error_name(ENOEXEC), "ENOEXEC");
  CHECK_EQUAL(error_name(EBADMSG), "EBADMSG");
  CHECK_EQUAL(error_name(ENOKEY), "ENOKEY");
  CHECK_EQUAL(error_name(EKEYREJECTED), "EKEYREJECTED");
  CHECK_EQUAL(error_name(EWOULDBLOCK), "EAGAIN");
});

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)
static const Test all_names("every error that glibc names has that name", [] {
  for (int error = 1; error < 4096; ++error) {
    const char* name = ::strerrorname_np(error);
    if (name)
      CHECK_EQUAL(error_name(error), name);
  }
});
#endif

static const Test unknown("an error without a name has its number, as in libuv", [] {
  CHECK_EQUAL(error_name(524), "Unknown system error -524");
  CHECK(!error_text(524).empty());
});

static const Test texts("an error has the C library's text", [] {
  CHECK_EQUAL(error_text(ENOEXEC), "Exec format error");
  CHECK_EQUAL(error_text(ENOENT), "No such file or directory");
});
