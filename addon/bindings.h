// SPDX-License-Identifier: MIT
#pragma once

#include <napi.h>

namespace traffic {

// src/system/native.ts is the only caller. It validates the arguments; these functions assert that they are valid.
Napi::Value load(const Napi::CallbackInfo& info);   // (path: string, params: string): Promise<void>
Napi::Value unload(const Napi::CallbackInfo& info); // (name: string): Promise<void>
Napi::Value read(const Napi::CallbackInfo& info);   // (file: string): Promise<Buffer>

} // namespace traffic
