#!/bin/sh
# Boots a Debian arm64 kernel under emulation and runs the arm64 builds there: the
# entry of internal/kernel is assembly, and cross-compiling proves nothing of it.
# On Debian and as root it installs qemu and cpio; the kernel and a static busybox
# go to build/arm64, and the system's own package lists stay as they are.
set -eu
cd "$(dirname "$0")/.."
top=$(pwd)/build/arm64

missing=
command -v qemu-system-aarch64 >/dev/null || missing="$missing qemu-system-arm"
command -v cpio >/dev/null || missing="$missing cpio"
if [ -n "$missing" ]; then
	echo "installing Debian packages:$missing" >&2
	# shellcheck disable=SC2086 # a list of words
	apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

if [ ! -e "$top/vmlinuz" ]; then
	mkdir -p "$top/state/lists/partial" "$top/cache/archives/partial" "$top/packages" "$top/root"
	: >"$top/state/status"
	cat >"$top/apt.conf" <<EOF
APT::Architecture "arm64";
#clear APT::Architectures;
APT::Architectures { "arm64"; };
APT::Sandbox::User "root";
Dir::State "$top/state";
Dir::State::status "$top/state/status";
Dir::Cache "$top/cache";
Acquire::Languages "none";
EOF
	export APT_CONFIG="$top/apt.conf"
	apt-get -qq update
	# The meta package depends on the one with the kernel, whose name has its version.
	kernel=$(apt-cache depends linux-image-cloud-arm64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
	(cd "$top/packages" && apt-get -qq download "$kernel" busybox-static)
	for package in "$top"/packages/*.deb; do
		dpkg-deb -x "$package" "$top/root"
	done
	cp "$top"/root/boot/vmlinuz-* "$top/vmlinuz"
fi

guest=$(mktemp -d)
trap 'rm -rf "$guest"' EXIT
mkdir -p "$guest/bin" "$guest/proc" "$guest/dev" "$guest/tmp"
cp "$top/root/bin/busybox" "$guest/bin/busybox"
GOARCH=arm64 go build -ldflags='-s -w -buildid=' -o "$guest/bin/" ./cmd/gounshare ./cmd/gonsenter
cp scripts/arm64-guest.sh "$guest/init"
chmod 755 "$guest/init"
(cd "$guest" && find . | cpio --quiet -o -H newc -R 0:0 | gzip -1) >"$top/initrd.gz"

timeout 300 qemu-system-aarch64 -M virt -cpu max,pauth-impdef=on -smp 2 -m 512 -nographic -no-reboot -nic none \
	-kernel "$top/vmlinuz" -initrd "$top/initrd.gz" -append 'console=ttyAMA0 quiet panic=-1' </dev/null |
	tr -d '\r' | tee "$top/log"
grep -q '^arm64: all passed$' "$top/log"
