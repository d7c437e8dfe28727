// SPDX-License-Identifier: MIT
#include "file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <thread>

#include "check.h"

using traffic::Bytes;
using traffic::Failure;
using traffic::read_file;

static std::string content_of(const traffic::Result<Bytes>& result) {
  const auto* bytes = std::get_if<Bytes>(&result);
  return bytes ? std::string(bytes->data() ? bytes->data() : "", bytes->size()) : "(a failure)";
}

static void check_failure(const Failure& failure, int error, const char* syscall, const std::string& path) {
  CHECK_EQUAL(failure.error, error);
  CHECK_EQUAL(std::string(failure.syscall), syscall);
  CHECK_EQUAL(failure.path, path);
}

static const Test content("a file is read byte for byte, NULs included", [] {
  const std::string text("line\n\0\xff end", 11);
  const TemporaryFile file(text);
  CHECK(content_of(read_file(file.path())) == text);
});

static const Test empty("an empty file is an empty value, not a failure", [] {
  const TemporaryFile file("");
  CHECK_EQUAL(content_of(read_file(file.path())), "");
});

static const Test sizes("a file of any size around the buffer's is read whole", [] {
  for (const std::size_t size : {65535, 65536, 65537, 131071, 131072, 131073, 9000001}) {
    std::string text(size, ' ');
    for (std::size_t at = 0; at < size; ++at)
      text[at] = static_cast<char>(at * 7919 >> 5);
    const TemporaryFile file(text);
    CHECK(content_of(read_file(file.path())) == text);
  }
});

static const Test proc("a /proc file, whose size reads as 0, is read whole", [] {
  std::ifstream stream("/proc/self/limits");
  std::ostringstream expected;
  expected << stream.rdbuf();
  CHECK_EQUAL(content_of(read_file("/proc/self/limits")), expected.str());
  CHECK(expected.str().size() > 100);
});

static const Test missing("a missing file is ENOENT of open", [] {
  check_failure(failure_of(read_file("/no/such/file")), ENOENT, "open", "/no/such/file");
});

static const Test no_path("an empty path is ENOENT of open",
                          [] { check_failure(failure_of(read_file("")), ENOENT, "open", ""); });

static const Test directory("a directory is EISDIR of read",
                            [] { check_failure(failure_of(read_file("/tmp")), EISDIR, "read", "/tmp"); });

static const Test endless("a file longer than the limit is EFBIG of read", [] {
  check_failure(failure_of(read_file("/dev/zero", 1 << 20)), EFBIG, "read", "/dev/zero");
  const TemporaryFile file("12345");
  check_failure(failure_of(read_file(file.path(), 4)), EFBIG, "read", file.path());
  CHECK_EQUAL(content_of(read_file(file.path(), 5)), "12345");
});

static const Test descriptors("no descriptor stays open", [] {
  const int before = open_descriptors();
  for (int i = 0; i < 10; ++i) {
    read_file("/proc/self/status");
    read_file("/tmp");
    read_file("/no/such/file");
  }
  CHECK_EQUAL(open_descriptors(), before);
});

static const Test signals("a signal in the middle of a read is not seen", [] {
  const TemporaryFile file("");
  ::unlink(file.path().c_str());
  CHECK_EQUAL(::mkfifo(file.path().c_str(), 0600), 0);

  struct sigaction ignore = {}; // no SA_RESTART: blocking calls return EINTR
  ignore.sa_handler = [](int) {};
  struct sigaction before = {};
  ::sigaction(SIGUSR1, &ignore, &before);
  const pthread_t reader = ::pthread_self();
  std::thread writer([&] {
    const auto interrupt = [&] {
      for (int i = 0; i < 5; ++i) {
        ::usleep(10000);
        ::pthread_kill(reader, SIGUSR1);
      }
    };
    interrupt(); // while it is in open()
    const int fd = ::open(file.path().c_str(), O_WRONLY | O_CLOEXEC);
    CHECK_EQUAL(::write(fd, "one ", 4), 4);
    interrupt(); // while it is in read()
    CHECK_EQUAL(::write(fd, "two", 3), 3);
    ::close(fd);
  });
  const std::string text = content_of(read_file(file.path()));
  writer.join();
  ::sigaction(SIGUSR1, &before, nullptr);
  CHECK_EQUAL(text, "one two");
});
