# SPDX-License-Identifier: MIT
# The front door. What each target does is in the script that it calls.

ADDON := build/Release/lkm_traffic.node
DIST := dist/index.js
MODULES := node_modules/.package-lock.json
KERNELS ?= 6.1 6.12

.DEFAULT_GOAL := all

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

all: ## build the module (if the running kernel's headers are here), the addon and dist/
	+@scripts/build

demo: setup $(ADDON) $(DIST) ## see it count, in a virtual machine: nothing of it touches this kernel
	@test/vm/demo

test: setup $(ADDON) $(DIST) ## prove it in 12 minutes: unit tests, and guest tests on every kernel (KERNELS="6.1 6.12")
	@KERNELS="$(KERNELS)" test/all short

test-all: setup $(ADDON) $(DIST) ## all tests, in an hour: also the other engine, the slow tests, other boots, torture
	@KERNELS="$(KERNELS)" test/all all

test-rest: setup $(ADDON) $(DIST) ## what test-all runs and test does not
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

checkpatch: ## kmod/ by the kernel's own checkpatch.pl --strict
	@scripts/checkpatch

lint: setup $(MODULES) ## eslint, prettier, tsc, clang-format, -Werror for the addon, W=1 for the module
	@scripts/lint

module: ## build the module alone: kmod/net_traffic.ko
	@$(MAKE) -C kmod

addon: $(ADDON) ## build the addon alone

dist: $(DIST) ## compile the TypeScript alone

setup: ## install what building and testing need (apt and npm); says what it does
	@scripts/setup

clean: ## remove what was built; downloads stay
	rm -rf build build-cmake dist man prebuilds
	rm -f $(foreach d,kmod,$(addprefix $d/,*.o *.ko *.mod *.mod.c .*.cmd .module-common.o Module.symvers modules.order))

$(MODULES): package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(ADDON): $(MODULES) binding.gyp $(wildcard addon/*.cc addon/*.h addon/*.mjs)
	npm run --silent build:addon
	@touch $@

$(DIST): $(MODULES) tsconfig.json tsconfig.build.json $(shell find src -name '*.ts')
	npm run --silent build
	@touch $@

.PHONY: help all bench demo test test-all test-rest test-programs torture torture-kernel torture-kcsan cycles fuzz checkpatch lint module addon dist setup clean
