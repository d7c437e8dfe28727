// SPDX-License-Identifier: MIT
#pragma once

#include <node_api.h>

#include "failure.h"

namespace traffic {

// Returns an Error like Node's own system errors: message, negative errno, code, syscall and path.
napi_value system_error(napi_env env, const Failure& failure);

} // namespace traffic
