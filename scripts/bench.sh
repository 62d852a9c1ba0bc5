#!/bin/sh
# Times entering containers by their names; see scripts/runtimes/bench.sh. Runtimes that are
# not installed are those that `make runtimes` has built, if it has.
# usage: bench.sh [RUNS]
set -eu
cd "$(dirname "$0")/.."
if [ "$(id -u)" -ne 0 ]; then
	echo 'bench.sh: skipped what starts containers as root, in namespaces of its own' >&2
	exit 0
fi
sh scripts/runtimes/packages.sh
mkdir -p build/runtimes/bin
CGO_ENABLED=0 go build -o build/runtimes/bin/bench ./internal/bench
RUNS=${1:-400} RUNTIMES_LIMIT=1800 sh scripts/runtimes/world.sh bench "$PWD/build/runtimes/bench.out"
