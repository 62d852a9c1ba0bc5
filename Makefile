# make            build bin/gounshare, bin/gonsenter, bin/gonetns
# make run        show an ordinary user's sandbox on this kernel, enter it, and wire two
# make test       every test; as root it installs the Debian packages it needs
# make bench      side by side with the installed util-linux and iproute2, and runtimes of containers
# make soak       40,000 starts under load
# make arm64      the arm64 build on an emulated kernel
# make runtimes   present container runtimes are built, started, and every name is checked
# make lint       gofmt, vet, staticcheck, mandoc, shellcheck
# make install    PREFIX=/usr/local DESTDIR=
# make dropin     links named unshare, nsenter and ip in build/dropin

PREFIX  ?= /usr/local
DESTDIR ?=
GO      ?= go
TOOLS   := gounshare gonsenter gonetns

# The manual page of each, and the original whose place it takes.
gounshare_SECTION  := 1
gonsenter_SECTION  := 1
gonetns_SECTION    := 8
gounshare_ORIGINAL := unshare
gonsenter_ORIGINAL := nsenter
gonetns_ORIGINAL   := ip

# Static, and the same bytes wherever it is built. Without cgo by necessity:
# see internal/kernel/doc.go.
export CGO_ENABLED := 0
export GOFLAGS += -trimpath -buildvcs=false
LDFLAGS := -s -w -buildid=

.PHONY: all build run test bench soak arm64 runtimes lint install dropin deps clean FORCE

all build: $(TOOLS:%=bin/%)

bin/%: FORCE
	$(GO) build -ldflags='$(LDFLAGS)' -o $@ ./cmd/$*

run: build
	sh scripts/run.sh bin/gounshare bin/gonsenter bin/gonetns

test: build deps
	sh scripts/test.sh $(TESTFLAGS)

bench: build deps
	$(GO) run ./internal/bench bin
	sh scripts/bench.sh

soak: build
	sh scripts/soak.sh 20000 bin/gounshare -Ur true
	sh scripts/soak-enter.sh bin

arm64:
	sh scripts/arm64.sh

# RUNTIMES="cri podman": these alone, by the names of scripts/runtimes/NAME.sh.
runtimes: build
	sh scripts/runtimes.sh $(RUNTIMES)

lint: deps
	sh scripts/lint.sh

# What the tests and checks call, from Debian; elsewhere they say what they miss.
deps:
	@sh scripts/deps.sh

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man8 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(TOOLS:%=bin/%) $(DESTDIR)$(PREFIX)/bin
	set -e; $(foreach t,$(TOOLS),install -m 644 man/$(t).$($(t)_SECTION) $(DESTDIR)$(PREFIX)/share/man/man$($(t)_SECTION);)
	set -e; for t in $(TOOLS); do \
		bin/$$t --completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$t; \
		bin/$$t --completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$$t; \
		bin/$$t --completion fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$t.fish; \
	done

dropin: build
	mkdir -p build/dropin
	$(foreach t,$(TOOLS),ln -sf ../../bin/$(t) build/dropin/$($(t)_ORIGINAL);)
	@echo "put it in front: PATH=$(CURDIR)/build/dropin:\$$PATH"

clean:
	rm -rf bin build
