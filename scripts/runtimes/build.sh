#!/bin/sh
# Builds programs of container runtimes into build/runtimes/bin, each only if it is not
# there, or is of another version than `versions` says. Each has a log beside bin.
# usage: build.sh PROGRAM...
set -eu
here=$(dirname "$(realpath "$0")")
top=$(realpath "$here/../..")/build/runtimes
mkdir -p "$top/bin" "$top/src"

# What the project itself is built with is not for these.
unset GOFLAGS GOARCH GOOS
export CGO_ENABLED=0 GOWORK=off

# of PROGRAM: sets module, version and package.
of() {
	line=$(awk -v name="$1" '$1 == name' "$here/versions")
	[ -n "$line" ] || { echo "build.sh: $1 is not in scripts/runtimes/versions" >&2; exit 1; }
	# shellcheck disable=SC2086 # columns
	set -- $line
	module=${2%@*}
	version=${2#*@}
	package=./$3
}

# needs PACKAGE FILE: a Debian package for what is built with a C compiler.
needs() {
	[ -e "$2" ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1"
}

# laidOut: a copy of the module in $src.
laidOut() {
	src=$top/src/$(echo "$module@$version" | tr / _)
	if [ ! -e "$src/.complete" ]; then
		rm -rf "$src"
		dir=$(cd / && go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p')
		cp -r "$dir" "$src"
		chmod -R u+w "$src"
		# What its tests have in common, which needs a module that is not in its own.
		rm -f "$src/cmd/nerdctl/helpers/testing_linux.go"
		[ -e "$src/go.mod" ] || { mv "$src/vendor.mod" "$src/go.mod" && mv "$src/vendor.sum" "$src/go.sum"; }
		touch "$src/.complete"
	fi
}

# copied OPTIONS...: builds in a copy of the module, so that its replaces count.
copied() {
	laidOut
	[ -z "${replace:-}" ] || (cd "$src" && go mod edit -replace "$replace")
	(cd "$src" && go build -trimpath -ldflags '-s -w' -o "$out" "$@" "$package")
}

# required OPTIONS...: builds the package as a dependency of an empty module, for modules
# that replace parts of themselves by folders.
required() {
	src=$top/src/$1-alone
	shift
	mkdir -p "$src"
	cd "$src"
	[ -e go.mod ] || {
		printf 'module alone\n\ngo 1.25\n\nrequire %s %s\n' "$module" "$version" >go.mod
		# Keeps the requirement.
		printf '//go:build tools\n\npackage alone\n\nimport _ "%s"\n' "$module/${package#./}" >alone.go
		go mod tidy
	}
	go build -trimpath -ldflags '-s -w' -o "$out" "$@" "$module/${package#./}"
	cd "$top"
}

build() {
	case $1 in
	runc | runc-rc)
		needs libseccomp-dev /usr/include/seccomp.h
		CGO_ENABLED=1 copied -tags seccomp
		;;
	podman | crio)
		needs libseccomp-dev /usr/include/seccomp.h
		# Neither signatures by gpgme nor storage of btrfs, which nothing here has.
		CGO_ENABLED=1 copied -mod=mod -tags 'seccomp containers_image_openpgp exclude_graphdriver_btrfs containers_image_ostree_stub'
		;;
	pinns) # of C
		needs libc6-dev /usr/include/stdio.h
		laidOut
		make -C "$src/pinns" ../bin/pinns
		cp "$src/bin/pinns" "$out"
		;;
	debian) # a root with systemd, by the mirror that packages come from here
		needs debootstrap /usr/sbin/debootstrap
		# shellcheck disable=SC2016 # apt's own
		mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $version" | head -n 1)
		rm -rf "$out"
		debootstrap --variant=minbase --include=systemd,systemd-sysv,systemd-container,libpam-systemd,dbus,dbus-user-session,busybox-static,util-linux,iproute2,procps,jq,conmon,runc,uidmap,libseccomp2 \
			"$version" "$out" "$mirror"
		;;
	docker)
		# The very version that it asks for is not served.
		other=$(awk '$1 == "docker:swarmkit" { print $2 }' "$here/versions")
		replace=${other%@*}=$other copied -mod=mod
		;;
	*) copied ;;
	esac
}

for name; do
	of "$name"
	mark=$top/bin/.$name
	if [ -x "$top/bin/$name" ] && [ "$(cat "$mark" 2>/dev/null)" = "$module@$version" ]; then
		continue
	fi
	out=$top/bin/$name
	echo "building $name ($module@$version)"
	if ! (set -e; build "$name") >"$top/$name.log" 2>&1; then
		echo "build.sh: $name could not be built, see $top/$name.log:" >&2
		tail -n 5 "$top/$name.log" >&2
		exit 1
	fi
	echo "$module@$version" >"$mark"
done
