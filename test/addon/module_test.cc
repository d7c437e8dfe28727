// SPDX-License-Identifier: MIT
#include "module.h"

#include <cerrno>

#include "check.h"

using traffic::Failure;
using traffic::load_module;
using traffic::unload_module;

static const Test missing("loading a file that does not exist fails with ENOENT in open", [] {
  const Failure failure = failure_of(load_module("/no/such/module.ko", ""));
  CHECK_EQUAL(failure.error, ENOENT);
  CHECK_EQUAL(std::string(failure.syscall), "open");
  CHECK_EQUAL(failure.path, "/no/such/module.ko");
});

// The kernel returns EPERM without root, under lockdown or with kernel.modules_disabled; ENOSYS if it has no modules;
// EKEYREJECTED, ENOKEY or EBADMSG if it requires a signature.
static const Test not_a_module("loading a file that is not a module fails in finit_module", [] {
  const TemporaryFile file("not a module\n");
  const Failure failure = failure_of(load_module(file.path(), "fname=\"a b\" idle=1"));
  CHECK(one_of(failure.error, {ENOEXEC, EPERM, ENOSYS, EKEYREJECTED, ENOKEY, EBADMSG}));
  CHECK_EQUAL(std::string(failure.syscall), "finit_module");
  CHECK_EQUAL(failure.path, file.path());
});

static const Test descriptors("a failed load leaves no descriptor open", [] {
  const TemporaryFile file("not a module\n");
  const int before = open_descriptors();
  for (int i = 0; i < 10; ++i)
    load_module(file.path(), "");
  CHECK_EQUAL(open_descriptors(), before);
});

static const Test absent("unloading a module that is not loaded fails in delete_module", [] {
  const Failure failure = failure_of(unload_module("no_such_module"));
  CHECK(one_of(failure.error, {ENOENT, EPERM, ENOSYS}));
  CHECK_EQUAL(std::string(failure.syscall), "delete_module");
  CHECK_EQUAL(failure.path, "no_such_module");
});
