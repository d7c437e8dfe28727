// SPDX-License-Identifier: MIT
//
// The functions that the addon would otherwise need from libstdc++. Without them it depends on libc only, and one file
// loads with both glibc and musl. (As C++20, strings are compiled in, see binding.gyp. Linking libstdc++ statically is
// no way out: it needs the glibc of the machine that compiles.)
#include <cstdio>
#include <cstdlib>
#include <new>

namespace {

[[noreturn]] void give_up(const char* reason) {
  std::fprintf(stderr, "lkm-traffic: %s\n", reason);
  std::abort();
}

void* allocate(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr)
    give_up("out of memory");
  return memory;
}

} // namespace

void* operator new(std::size_t size) {
  return allocate(size);
}
void* operator new[](std::size_t size) {
  return allocate(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

// The standard library calls these where it would throw. Exceptions are disabled, and each such call is a bug of the
// addon.
namespace std {

void __throw_length_error(const char* what) {
  give_up(what);
}
void __throw_logic_error(const char* what) {
  give_up(what);
}
void __throw_bad_alloc() {
  give_up("out of memory");
}

} // namespace std

extern "C" void __cxa_pure_virtual() {
  give_up("a pure virtual function was called");
}
