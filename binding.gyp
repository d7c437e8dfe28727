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
      # Node's common.gypi disables the warning about unused parameters. A later -std overrides the one there.
      'cflags!': ['-Wno-unused-parameter'],
      'cflags': ['-Wall', '-Wextra', '-Werror', '-fvisibility=hidden'],
      # One file works with glibc and musl. It names no library: it finds libc in the process, as it finds Node-API.
      # addon/runtime.cc has what it would need from libstdc++; with C++20, the code of strings is compiled in. The default
      # _FILE_OFFSET_BITS=64 would make it need open64, which only glibc has.
      'defines!': ['_FILE_OFFSET_BITS=64'],
      'cflags_cc': ['-std=c++20', '-fno-exceptions', '-fvisibility-inlines-hidden'],
      'ldflags': ['-nodefaultlibs'],
    },
  ],
}
