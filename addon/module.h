// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "failure.h"

namespace traffic {

// Loads the file at `path` with finit_module(2). `params` has the format of insmod's command line: a value with spaces
// is in double quotes. Blocks until the module's init function has returned.
Result<Done> load_module(const std::string& path, const std::string& params);

// Unloads the module with delete_module(2), never by force. Fails with EAGAIN if the module is in use. Blocks until the
// module's exit function has returned.
Result<Done> unload_module(const std::string& name);

} // namespace traffic
