# SPDX-License-Identifier: MIT
{
  'targets': [
    {
      'target_name': 'lkm_traffic',
      'sources': [
        'addon/addon.cc',
        'addon/bindings.cc',
        'addon/descriptor.cc',
        'addon/failure.cc',
        'addon/file.cc',
        'addon/module.cc',
        'addon/runtime.cc',
        'addon/system_error.cc',
      ],
      'include_dirs': ["<!(node -p \"require('node-addon-api').include_dir\")"],
      'defines': ['NAPI_VERSION=8', 'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'],
      # Node's common.gypi silences unused parameters, and lets a later -std win.
      'cflags!': ['-Wno-unused-parameter'],
      'cflags': ['-Wall', '-Wextra', '-Werror', '-fvisibility=hidden'],
      # One file for glibc and musl: it names no library, and finds libc where it finds Node-API, in the process. What it
      # would want of libstdc++ is in addon/runtime.cc and, as C++20, strings are compiled in. open64 is glibc's alone.
      'defines!': ['_FILE_OFFSET_BITS=64'],
      'cflags_cc': ['-std=c++20', '-fno-exceptions', '-fvisibility-inlines-hidden'],
      'ldflags': ['-nodefaultlibs'],
    },
  ],
}
