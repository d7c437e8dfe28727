// SPDX-License-Identifier: MIT
#include "bindings.h"

#include <cassert>
#include <string>

#include "file.h"
#include "module.h"
#include "promise_worker.h"

namespace traffic {
namespace {

// A NUL would end the C string early: the system call would then get the name of another file.
std::string string_of(const Napi::Value& value) {
  assert(value.IsString());
  std::string string = value.As<Napi::String>().Utf8Value();
  assert(string.find('\0') == std::string::npos);
  return string;
}

napi_status undefined_of(napi_env env, const Done&, napi_value* result) {
  return napi_get_undefined(env, result);
}

// Copies the bytes. A buffer around our memory would need a finalizer, which may run when the environment has ended.
napi_status buffer_of(napi_env env, const Bytes& bytes, napi_value* result) {
  return napi_create_buffer_copy(env, bytes.size(), bytes.data(), nullptr, result);
}

template <typename Leaf, typename ToValue>
Napi::Value promise(Napi::Env env, Leaf leaf, ToValue to_value) {
  return Napi::Value(env, PromiseWorker<Leaf, ToValue>::run(env, std::move(leaf), to_value));
}

} // namespace

Napi::Value load(const Napi::CallbackInfo& info) {
  auto leaf = [path = string_of(info[0]), params = string_of(info[1])] { return load_module(path, params); };
  return promise(info.Env(), std::move(leaf), undefined_of);
}

Napi::Value unload(const Napi::CallbackInfo& info) {
  auto leaf = [name = string_of(info[0])] { return unload_module(name); };
  return promise(info.Env(), std::move(leaf), undefined_of);
}

Napi::Value read(const Napi::CallbackInfo& info) {
  auto leaf = [path = string_of(info[0])] { return read_file(path); };
  return promise(info.Env(), std::move(leaf), buffer_of);
}

} // namespace traffic
