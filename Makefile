# SPDX-License-Identifier: MIT
# The targets of this project. Most call a script, which says at its top what it does.

ADDON := build/Release/lkm_traffic.node
DIST := dist/index.js
MODULES := node_modules/.package-lock.json
KERNELS ?= 6.1 6.12

.DEFAULT_GOAL := all

help: ## print this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

all: ## build the module (if the running kernel's headers are installed), the addon and dist/
	+@scripts/build

demo: setup $(ADDON) $(DIST) ## show it counting in a virtual machine; this kernel loads nothing
	@test/vm/demo

test: setup $(ADDON) $(DIST) ## unit tests, and the quick guest tests on every kernel (KERNELS="6.1 6.12"); up to 12 minutes
	@KERNELS="$(KERNELS)" test/all short

test-all: setup $(ADDON) $(DIST) ## everything: also the other engine, the slow tests, other boots, torture; about 35 minutes
	@KERNELS="$(KERNELS)" test/all all

test-rest: setup $(ADDON) $(DIST) ## what `make test-all` runs and `make test` does not
	@KERNELS="$(KERNELS)" test/all long

test-programs: setup $(ADDON) $(DIST) ## real programs in a guest, each against strace or its peer, to the byte; minutes
	@KERNELS="$(KERNELS)" test/vm/programs

torture: setup $(ADDON) $(DIST) ## everything at once on a kernel that looks for bugs (MINUTES=20, KERNEL=kasan, BUG=, SEED=)
	@test/torture/run --kernel $(or $(KERNEL),kasan) --minutes $(or $(MINUTES),20) $(if $(SEED),--seed $(SEED)) $(if $(BUG),--bug $(BUG))

torture-kernel: setup ## build that kernel, once, from Debian's kernel source: about 8 minutes
	@test/torture/kernel kasan

torture-kcsan: setup $(ADDON) $(DIST) ## data races: 5 minutes (MINUTES=) on a kernel with KCSAN
	@test/torture/run --kernel kcsan --minutes $(or $(MINUTES),5)

cycles: setup $(ADDON) $(DIST) ## load and unload under traffic, CYCLES=200 times on every kernel of KERNELS
	@set -e; for k in $(KERNELS); do test/torture/run --kernel $$k --minutes 0 --cycles $(or $(CYCLES),200); done

fuzz: ## libFuzzer over the parser of control, SECONDS=60; executions and coverage
	@test/fuzz/run $(or $(SECONDS),60)

bench: setup $(ADDON) $(DIST) ## what counting costs, beside the alternatives (QUICK=1, BASELINE=FILE, WRITE=1 for docs/cost.md)
	@bench/run --kernels "$(KERNELS)" $(if $(QUICK),--quick) $(if $(BASELINE),--baseline $(BASELINE)) $(if $(WRITE),--write)

checkpatch: ## check kmod/ with the kernel's checkpatch.pl --strict
	@scripts/checkpatch

lint: setup $(MODULES) ## check format, types, the package, and warnings of the addon (-Werror) and the module (W=1)
	@scripts/lint

module: ## build only the module: kmod/net_traffic.ko
	@$(MAKE) -C kmod

addon: $(ADDON) ## build only the addon

dist: $(DIST) ## build only dist/: the command and the API

setup: ## install what building and testing need, with apt and npm, and print what it installs
	@scripts/setup

clean: ## remove what was built, and keep downloads
	rm -rf build build-cmake dist man prebuilds
	rm -f $(foreach d,kmod kmod/*,$(addprefix $d/,*.o *.ko *.mod *.mod.c .*.cmd .module-common.o Module.symvers modules.order))

$(MODULES): package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(ADDON): $(MODULES) binding.gyp $(wildcard addon/*.cc addon/*.h addon/*.mjs)
	npm run --silent build:addon
	@touch $@

$(DIST): $(MODULES) tsconfig.json tsconfig.build.json scripts/build-dist.mjs $(wildcard scripts/lib/*.mjs) $(shell find src -name '*.ts')
	npm run --silent build
	@touch $@

.PHONY: help all bench demo test test-all test-rest test-programs torture torture-kernel torture-kcsan cycles fuzz checkpatch lint module addon dist setup clean
