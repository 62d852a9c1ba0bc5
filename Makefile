# make            build bin/gounshare, bin/gonsenter, bin/gonetns
# make run        show an ordinary user's sandbox on this kernel, enter it, and wire two
# make test       every test; as root it installs the Debian packages it needs
# make fresh      make test, run and install on new machines: a minimal Debian, a container, busybox
# make bench      side by side with the installed util-linux and iproute2, and runtimes of containers
# make soak       40,000 starts under load
# make fuzz-ip    10,000 made-up commands of ip(8), compared with its own
# make soak-kill  connect and disconnect are killed 1,000 times, add and delete 510 times
# make arm64      the arm64 build on an emulated kernel
# make runtimes   present container runtimes are built, started, and every name is checked
# make lint       gofmt, vet, staticcheck, mandoc, shellcheck, and modules that are old
# make install    PREFIX=/usr/local DESTDIR=: what make has built, which needs no Go any more
# make uninstall  the same PREFIX and DESTDIR
# make dropin     links named unshare, nsenter and ip in build/dropin
# make clean      everything that was built
# make help       this list

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

# Below PREFIX.
INSTALLED := bin share/man/man1 share/man/man8 share/bash-completion/completions \
	share/zsh/site-functions share/fish/vendor_completions.d

# Static, and the same bytes wherever it is built. Without cgo by necessity:
# see internal/kernel/doc.go.
export CGO_ENABLED := 0
export GOFLAGS += -trimpath -buildvcs=false
LDFLAGS := -s -w -buildid=
# no: common command lines, too, are carried out by way of the planner; see internal/kernel/doc.go.
SHORT_WAY ?= yes
ifneq ($(SHORT_WAY),yes)
LDFLAGS += -X nstools/internal/kernel.withoutShortWay=yes
endif

.PHONY: all build run test fresh bench soak soak-kill fuzz-ip arm64 runtimes lint install uninstall dropin deps clean help FORCE

all build: $(TOOLS:%=bin/%)

bin/%: FORCE
	$(GO) build -ldflags='$(LDFLAGS)' -o $@ ./cmd/$*

run: build
	sh scripts/run.sh bin/gounshare bin/gonsenter bin/gonetns

test: build deps
	sh scripts/test.sh $(TESTFLAGS)

# WORLD="user podman": these alone, of scripts/fresh.sh.
fresh:
	sh scripts/fresh.sh $(WORLD)

bench: build deps
	$(GO) run ./internal/bench bin
	sh scripts/bench.sh

soak: build
	sh scripts/soak.sh 20000 bin/gounshare -Ur true
	sh scripts/soak-enter.sh bin

# FUZZ="-seed N": the same commands once more; see internal/fuzz.
fuzz-ip: build deps
	$(GO) run ./internal/fuzz $(FUZZ) bin

soak-kill: build
	sh scripts/soak-kill.sh 1000 $(CURDIR)/bin
	KILLS=510 sh scripts/test.sh -run '^TestScripts$$/^netns-kill$$'

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

# Does not build: root may have no Go, and what he built would be root's.
install:
	@for t in $(TOOLS); do \
		[ -x bin/$$t ] || { echo "there is no bin/$$t: run make first, as the user who has Go" >&2; exit 1; }; \
	done
	install -d $(INSTALLED:%=$(DESTDIR)$(PREFIX)/%)
	install -m 755 $(TOOLS:%=bin/%) $(DESTDIR)$(PREFIX)/bin
	set -e; $(foreach t,$(TOOLS),install -m 644 man/$(t).$($(t)_SECTION) $(DESTDIR)$(PREFIX)/share/man/man$($(t)_SECTION);)
	set -e; for t in $(TOOLS); do \
		bin/$$t --completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$t; \
		bin/$$t --completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_$$t; \
		bin/$$t --completion fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/$$t.fish; \
	done

# The folders stay: others may be using them.
uninstall:
	cd $(DESTDIR)$(PREFIX) && rm -f $(foreach t,$(TOOLS),bin/$(t) share/man/man$($(t)_SECTION)/$(t).$($(t)_SECTION) \
		share/bash-completion/completions/$(t) share/zsh/site-functions/_$(t) share/fish/vendor_completions.d/$(t).fish)

# sudo looks along a PATH of its own, secure_path in /etc/sudoers, even with -E; env(1) below
# it has the one that it is given.
dropin: build
	mkdir -p build/dropin
	$(foreach t,$(TOOLS),ln -sf ../../bin/$(t) build/dropin/$($(t)_ORIGINAL);)
	@echo 'put it in front:               PATH=$(CURDIR)/build/dropin:$$PATH'
	@echo 'sudo has a PATH of its own:    sudo env PATH=$(CURDIR)/build/dropin:$$PATH unshare ...'

help:
	@sed -n 's/^# //p; /^$$/q' $(firstword $(MAKEFILE_LIST))

clean:
	rm -rf bin build
