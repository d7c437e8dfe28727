/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <linux/types.h>
#include <stdlib.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

/* Accepts what the kernel's function accepts in base 10: an optional plus, digits, an optional newline. */
static inline int kstrtou64(const char* text, unsigned int base, u64* number) {
  char* end;

  if (*text == '+')
    text++;
  if (*text < '0' || *text > '9')
    return -EINVAL;
  errno = 0;
  *number = strtoull(text, &end, (int)base);
  if (errno == ERANGE)
    return -ERANGE;
  if (*end == '\n')
    end++;
  return *end ? -EINVAL : 0;
}
