// SPDX-License-Identifier: MIT
#include <dirent.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "check.h"

namespace {

struct Case {
  const char* name;
  std::function<void()> body;
};

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

bool failed;

} // namespace

Test::Test(const char* name, std::function<void()> body) {
  cases().push_back({name, std::move(body)});
}

void fail(const char* file, int line, const std::string& what) {
  failed = true;
  std::printf("# %s:%d: %s\n", file, line, what.c_str());
}

TemporaryFile::TemporaryFile(const std::string& content) : path_("/tmp/lkm-traffic-test-XXXXXX") {
  const int fd = ::mkstemp(path_.data());
  for (std::size_t done = 0; fd >= 0 && done < content.size();) {
    const ssize_t count = ::write(fd, content.data() + done, content.size() - done);
    if (count <= 0)
      break;
    done += static_cast<std::size_t>(count);
  }
  CHECK(fd >= 0 && ::lseek(fd, 0, SEEK_CUR) == static_cast<off_t>(content.size()));
  if (fd >= 0)
    ::close(fd);
}

TemporaryFile::~TemporaryFile() {
  ::unlink(path_.c_str());
}

int open_descriptors() {
  int count = 0;
  DIR* directory = ::opendir("/proc/self/fd");
  while (directory && ::readdir(directory))
    ++count;
  if (directory)
    ::closedir(directory);
  return count;
}

int main() {
  int number = 0;
  int failures = 0;
  std::printf("TAP version 13\n1..%zu\n", cases().size());
  for (const Case& test : cases()) {
    failed = false;
    test.body();
    std::printf("%sok %d - %s\n", failed ? "not " : "", ++number, test.name);
    std::fflush(stdout);
    failures += failed;
  }
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
