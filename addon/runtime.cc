// SPDX-License-Identifier: MIT
//
// What the addon would want of libstdc++, so that it wants nothing but libc: then one file loads beside glibc and musl.
// (Strings are compiled in, see binding.gyp; the static libstdc++ asks for the glibc of the machine that builds.)
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

// Exceptions are off: what would throw one is a bug of ours.
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
