// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <initializer_list>
#include <sstream>
#include <string>

#include "failure.h"

// A test has a name, which states what is promised, and a function. main() runs all tests and prints TAP.
struct Test {
  Test(const char* name, std::function<void()> body);
};

// Marks the running test as failed. The test goes on.
void fail(const char* file, int line, const std::string& what);

#define CHECK(condition)                    \
  do {                                      \
    if (!(condition))                       \
      fail(__FILE__, __LINE__, #condition); \
  } while (0)

template <typename Left, typename Right>
void check_equal(const char* file, int line, const Left& left, const Right& right) {
  if (left == right)
    return;
  std::ostringstream text;
  text << left << " != " << right;
  fail(file, line, text.str());
}
#define CHECK_EQUAL(left, right) check_equal(__FILE__, __LINE__, left, right)

// Returns the failure in a result, or one that no check accepts.
template <typename Value>
traffic::Failure failure_of(const traffic::Result<Value>& result) {
  const auto* failure = std::get_if<traffic::Failure>(&result);
  return failure ? *failure : traffic::Failure{0, "no failure", ""};
}

inline bool one_of(int error, std::initializer_list<int> errors) {
  for (const int candidate : errors) {
    if (candidate == error)
      return true;
  }
  return false;
}

// Creates a temporary file, and removes it at the end of the scope.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content);
  ~TemporaryFile();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

int open_descriptors();
