// SPDX-License-Identifier: MIT
#pragma once

#include <napi.h>

#include <optional>
#include <type_traits>
#include <utility>

#include "system_error.h"

namespace traffic {

// Runs `leaf` on the thread pool, where no JavaScript can run, and settles a promise with its result. The worker
// deletes itself on the JavaScript thread, also if the environment ends first.
//
// An environment ends when a worker thread is terminated. It still completes its work, but refuses every call that may
// run JavaScript. The wrappers of node-addon-api abort the process when such a call fails. So plain Node-API calls
// settle the promise here, and their failures are ignored: nobody waits for the promise any longer.
template <typename Leaf, typename ToValue>
class PromiseWorker final : public Napi::AsyncWorker {
 public:
  // `to_value` has the type napi_status (napi_env, const Value&, napi_value* result). Returns null if the environment
  // is ending.
  static napi_value run(napi_env env, Leaf leaf, ToValue to_value) {
    napi_deferred deferred = nullptr;
    napi_value promise = nullptr;
    if (napi_create_promise(env, &deferred, &promise) != napi_ok)
      return nullptr;
    auto* worker = new PromiseWorker(env, deferred, std::move(leaf), to_value);
    worker->Queue();
    return promise;
  }

 private:
  PromiseWorker(napi_env env, napi_deferred deferred, Leaf leaf, ToValue to_value)
      : Napi::AsyncWorker(env, "lkm-traffic"), deferred_(deferred), leaf_(std::move(leaf)), to_value_(to_value) {}

  void Execute() override { result_.emplace(leaf_()); }

  void OnOK() override {
    const napi_env env = Env();
    napi_value value = nullptr;
    if (const auto* failure = std::get_if<Failure>(&*result_)) {
      napi_reject_deferred(env, deferred_, system_error(env, *failure));
    } else if (to_value_(env, *std::get_if<0>(&*result_), &value) == napi_ok) {
      napi_resolve_deferred(env, deferred_, value);
    } else if (napi_get_and_clear_last_exception(env, &value) == napi_ok) {
      napi_reject_deferred(env, deferred_, value);
    }
  }

  napi_deferred deferred_;
  Leaf leaf_;
  ToValue to_value_;
  std::optional<std::invoke_result_t<Leaf>> result_;
};

} // namespace traffic
