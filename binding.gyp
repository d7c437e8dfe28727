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
        'addon/system_error.cc',
      ],
      'include_dirs': ["<!(node -p \"require('node-addon-api').include_dir\")"],
      'defines': ['NAPI_VERSION=8', 'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'],
      # Node's common.gypi silences unused parameters, and lets a later -std win.
      'cflags!': ['-Wno-unused-parameter'],
      'cflags': ['-Wall', '-Wextra', '-Werror', '-fvisibility=hidden'],
      # libstdc++ stays shared: Node needs it anyway, and the static one asks for the building machine's glibc (2.36 on Debian 12).
      'cflags_cc': ['-std=c++17', '-fno-exceptions', '-fvisibility-inlines-hidden'],
    },
  ],
}
