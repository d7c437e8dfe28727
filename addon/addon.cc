// SPDX-License-Identifier: MIT
//
// The native half: load a kernel module, unload it, read a file of /proc. Nothing is global, so the
// addon may be loaded by any number of threads. C++ exceptions are off: none can cross into Node,
// and what can fail returns a Result.
#include <napi.h>

#include "bindings.h"

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("load", Napi::Function::New<traffic::load>(env, "load"));
  exports.Set("unload", Napi::Function::New<traffic::unload>(env, "unload"));
  exports.Set("read", Napi::Function::New<traffic::read>(env, "read"));
  return exports;
}

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init)
