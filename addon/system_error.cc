// SPDX-License-Identifier: MIT
#include "system_error.h"

namespace traffic {
namespace {

// The status of these calls is not checked: promise_worker.h says why.

napi_value string(napi_env env, const std::string& text) {
  napi_value value = nullptr;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  return value;
}

} // namespace

napi_value system_error(napi_env env, const Failure& failure) {
  const std::string code = error_name(failure.error);
  const std::string message =
      code + ": " + error_text(failure.error) + ", " + failure.syscall + " '" + failure.path + "'";
  napi_value error = nullptr;
  napi_create_error(env, nullptr, string(env, message), &error);
  napi_value number = nullptr;
  napi_create_int32(env, -failure.error, &number);
  // Node prints the properties of its own system errors in this order.
  napi_set_named_property(env, error, "errno", number);
  napi_set_named_property(env, error, "code", string(env, code));
  napi_set_named_property(env, error, "syscall", string(env, failure.syscall));
  napi_set_named_property(env, error, "path", string(env, failure.path));
  return error;
}

} // namespace traffic
