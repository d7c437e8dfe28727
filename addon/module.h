// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "failure.h"

namespace traffic {

// finit_module(2) of the file at `path`. `params` is as on insmod's command line, values with
// spaces in double quotes. Blocks until the module's init function has returned.
Result<Done> load_module(const std::string& path, const std::string& params);

// delete_module(2), never forced. EAGAIN: somebody uses the module. Blocks until its exit function
// has returned.
Result<Done> unload_module(const std::string& name);

} // namespace traffic
