# `make` alone lists what can be made.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PREFIX ?= /usr/local
DESTDIR ?=
# An import of a module that Package.swift doesn't declare is an error, in every build alike.
SWIFT_FLAGS ?= --explicit-target-dependency-import-check error
SOURCES := Package.swift Sources Tests Clients
export SWIFT_FLAGS

.PHONY: help deps build release test check lint format demo run bench bench-clients fuzz sanitize torture install uninstall deb clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

deps: ## install the Debian or Ubuntu packages that are missing (apt-get, sudo when you are not root)
	@Tools/install-dependencies

build: ## build daemon and command line for debugging: .build/debug/hantu-logd, .build/debug/hantu
	swift build $(SWIFT_FLAGS)

release: ## build what is installed: .build/release, needs no Swift on the host it runs on
	@Tools/build-release

test: deps ## run all tests, or a part: make test FILTER=Masking
	@Tools/run-tests

lint: ## formatting, warnings as errors, imports, lengths
	swift format lint --strict --parallel --recursive $(SOURCES)
	@Tools/check-lengths
	swift build --build-tests $(SWIFT_FLAGS)

check: deps lint ## everything that a change must pass: lint, build, all tests
	@Tools/run-tests

format: ## format the Swift sources in place
	swift format --in-place --parallel --recursive $(SOURCES)

demo: deps build ## see it work: four services, their records in every output, nothing lost, no secret left
	@Tools/demo

run: deps build ## run the daemon here, everything it owns in ./run
	@Tools/run-scratch

bench: ## measure everything, judge it, draw it: a JSON file in Benchmarks/results (QUICK=1: two minutes instead of 20; PART=name)
	@Tools/install-dependencies bench
	@$(MAKE) --no-print-directory release
	@$(MAKE) --no-print-directory -C Benchmarks
	@"$$(Tools/python-environment)" Benchmarks/bench $(if $(QUICK),--quick) $(if $(PART),--part $(PART))

bench-clients: ## measure what a call costs, in Python against logging's own files, in Swift by instructions
	@Tools/install-dependencies bench
	@$(MAKE) --no-print-directory release
	@Clients/python/bench/bench.py
	@Benchmarks/client

fuzz: deps ## fuzz all that reads other people's bytes: records, configuration, admin requests, log files (FOR=60 seconds each)
	@SECONDS_TO_FUZZ=$(or $(FOR),60) Tools/fuzz
	@SECONDS_TO_FUZZ=$(or $(FOR),60) Tools/fuzz-readers

sanitize: deps ## run the Swift tests under AddressSanitizer (FILTER=Something; ten minutes without)
	@Tools/sanitize $(FILTER)

torture: deps build ## kill, stop and fill up everything at random under load, then judge what is left (FOR=600 seconds, SEED=n; root)
	@FOR=$(or $(FOR),600) SEED=$(SEED) Tools/torture

install: release ## install to PREFIX (/usr/local) below DESTDIR
	@$(MAKE) --no-print-directory install-files
	@[ -n "$(DESTDIR)" ] || echo "Now: systemd-sysusers && systemd-tmpfiles --create && systemctl enable --now hantu-logd"

# What `install` puts where; BUILT has the binaries.
BUILT ?= .build/release
UNITS := $(PREFIX)/lib/systemd/system
# Units name the directories of a package.
place_unit = sed 's,=/usr/\(s*bin\)/hantu,=$(PREFIX)/\1/hantu,' systemd/$(1) | install -D -m 644 /dev/stdin "$(DESTDIR)$(UNITS)/$(1)"

.PHONY: install-files
install-files:
	install -D -m 755 $(BUILT)/hantu-logd "$(DESTDIR)$(PREFIX)/sbin/hantu-logd"
	install -D -m 755 $(BUILT)/hantu "$(DESTDIR)$(PREFIX)/bin/hantu"
	$(call place_unit,hantu-logd.socket)
	$(call place_unit,hantu-logd.service)
	install -D -m 644 systemd/hantu-logd.sysusers "$(DESTDIR)$(PREFIX)/lib/sysusers.d/hantu-logd.conf"
	install -D -m 644 systemd/hantu-logd.tmpfiles "$(DESTDIR)$(PREFIX)/lib/tmpfiles.d/hantu-logd.conf"
	install -D -m 644 -t "$(DESTDIR)$(PREFIX)/share/doc/hantu-logd/examples" systemd/journal-by-unit.conf systemd/examples/*
	@config="$(DESTDIR)/etc/hantu-logd/hantu-logd.yaml"; \
	    [ -e "$$config" ] || install -D -m 640 config/hantu-logd.yaml "$$config"
	@$(MAKE) --no-print-directory install-manual

uninstall: ## remove what install put there, except for the configuration
	rm -f "$(DESTDIR)$(PREFIX)/sbin/hantu-logd" "$(DESTDIR)$(PREFIX)/bin/hantu" \
	    "$(DESTDIR)$(UNITS)/hantu-logd.socket" "$(DESTDIR)$(UNITS)/hantu-logd.service" \
	    "$(DESTDIR)$(PREFIX)/lib/sysusers.d/hantu-logd.conf" "$(DESTDIR)$(PREFIX)/lib/tmpfiles.d/hantu-logd.conf"
	rm -rf "$(DESTDIR)$(PREFIX)/share/doc/hantu-logd"
	rm -f $(foreach path,$(MANUAL),"$(DESTDIR)$(PREFIX)/share/$(path)")

deb: release ## make a Debian package in .build/deb, and let lintian look at it where that is installed
	@package=$$(Tools/make-deb); echo "$$package"; \
	    ! command -v lintian >/dev/null || lintian --fail-on error,warning "$$package"

clean: ## remove what was built
	swift package clean
	rm -rf .build/python .build/test-logs .build-asan Benchmarks/bin

# Manual pages and completions, made from what the programs in BUILT say of themselves.
COMPLETIONS := bash-completion/completions/% zsh/site-functions/_% fish/vendor_completions.d/%.fish
MANUAL := man/man1/hantu.1 man/man8/hantu-logd.8 man/man5/hantu-logd.yaml.5 \
    $(foreach program,hantu hantu-logd,$(subst %,$(program),$(COMPLETIONS)))

.PHONY: install-manual
install-manual:
	@Tools/make-manual $(BUILT) .build/manual
	@for path in $(MANUAL); do \
	    install -D -m 644 ".build/manual/$$path" "$(DESTDIR)$(PREFIX)/share/$$path"; done
