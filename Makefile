# Set-up, build and checks. The work is done by programs under tools/; this file only orders them.

.DEFAULT_GOAL := help
.PHONY: help up setup setup-vm build test bench pictures lint lint-types lint-rules lint-format lint-go lint-shell shell clean

export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# Node uses the proxy that the environment names, as npm, Go and apt do.
export NODE_USE_ENV_PROXY := 1
modules := node_modules/.setup
STACK ?= dev

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

up: setup ## set up what is missing, then bring examples/hello up and call its URL
	@node dist/make-up.js

setup: build ## set up what is missing: Node, the Pulumi engine, its command plugin, Podman, the default image, Ansible
	@node dist/setup.js

setup-vm: setup ## set up what virtual machines need: Vagrant, libvirt, QEMU, the default box
	@node dist/setup-vm.js

build: $(modules) ## compile the sources to dist/
	@node tools/build.mjs

test: setup ## set up what is missing, then run every test that can run here
	@node dist/test.js

bench: setup ## measure every row of docs/performance.md, about 12 minutes; WRITE=1 writes the figures there
	@node dist/bench.js $(if $(WRITE),--write)

pictures: setup ## record docs/pictures again on the real engine, and draw the house from the imports
	@node dist/pictures.js

lint: lint-types lint-rules lint-format lint-go lint-shell ## types, rules and format of all sources; no warning is allowed

lint-types: $(modules)
	tsc --noEmit

lint-rules: $(modules)
	eslint --max-warnings 0 .

lint-format: $(modules)
	prettier --check .

lint-go:
	test -z "$$(gofmt -l tools/command-plugin tools/control-plane | tee /dev/stderr)"
	cd tools/command-plugin && go vet ./...

lint-shell:
	if command -v shellcheck >/dev/null; then shellcheck bin/* plugin/pulumi-resource-groundwork .ci/run tools/rootfs/*.sh tools/rootfs/*/inside.sh; fi

shell: setup ## open a shell with the environment for plain `pulumi` and STACK (dev)
	@environment=$$(bin/vagrantp env --stack $(STACK)) && eval "$$environment" && \
		pulumi stack select --create $(STACK) && exec "$${SHELL:-/bin/sh}"

clean: ## remove what was built and installed inside this folder
	rm -rf dist node_modules coverage
	@echo "Kept: the cache with the engine. To remove it too: rm -rf $${GROUNDWORK_CACHE:-$${XDG_CACHE_HOME:-$$HOME/.cache}/groundwork}"
	@echo "The next set-up then makes it again, which takes minutes where the engine cannot be downloaded."

# No package may run code at install (.npmrc), but for one: `node` fetches its own binary by a script.
$(modules): package-lock.json
	npm ci --loglevel=error --no-update-notifier
	npm rebuild --ignore-scripts=false --loglevel=error --no-update-notifier node
	node -e 'process.exit(process.versions.node.split(".")[0] >= 22 ? 0 : 1)'
	@touch $@
