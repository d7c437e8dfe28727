/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

static inline size_t str_has_prefix(const char* text, const char* prefix) {
  size_t length = strlen(prefix);

  return strncmp(text, prefix, length) ? 0 : length;
}

static inline int match_string(const char* const* words, size_t count, const char* word) {
  for (size_t i = 0; i < count && words[i]; i++)
    if (!strcmp(words[i], word))
      return (int)i;
  return -EINVAL;
}
