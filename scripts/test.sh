#!/bin/sh
# Runs every test. A line says how far it is; in the end come those that could not run
# with their reason, what failed, and the counts. The whole output is kept in
# build/test.log.
set -u
export CGO_ENABLED=0
cd "$(dirname "$0")/.." || exit 1

mkdir -p build
go build -o build/report ./internal/report || exit
# Scripts wait more than they compute, so more of them run than there are processors.
# What vet finds is for make lint.
exec build/report build/test.log -count=1 -vet=off -timeout 40m -parallel $(($(nproc) * 3)) "$@" ./...
