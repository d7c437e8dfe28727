// SPDX-License-Identifier: MIT
//
// The addon: it loads a kernel module, unloads it, and reads a file of /proc. It has no global state, so any number of
// threads may load it. C++ exceptions are disabled, because Node cannot handle them: a function that can fail returns a
// Result.
#include <napi.h>

#include "bindings.h"

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("load", Napi::Function::New<traffic::load>(env, "load"));
  exports.Set("unload", Napi::Function::New<traffic::unload>(env, "unload"));
  exports.Set("read", Napi::Function::New<traffic::read>(env, "read"));
  return exports;
}

NODE_API_MODULE(NODE_GYP_MODULE_NAME, init)
