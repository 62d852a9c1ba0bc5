#!/bin/sh
# gofmt, vet, staticcheck, mandoc and shellcheck; silent where all is well. An old module is
# told of and is no failure: a release elsewhere breaks nobody's build.
set -u
export CGO_ENABLED=0
cd "$(dirname "$0")/.." || exit 1
status=0

unformatted=$(gofmt -l cmd internal testscripts man)
if [ -n "$unformatted" ]; then
	echo "gofmt: $unformatted"
	status=1
fi
go vet ./... || status=1
for arch in arm64 riscv64 386 arm ppc64le s390x; do
	GOARCH=$arch go vet ./cmd/... || status=1
done
# Pinned, and apart from go.mod: what ships does not depend on it.
staticcheck=v0.8.2
go run honnef.co/go/tools/cmd/staticcheck@$staticcheck ./... || status=1
sh scripts/outdated.sh honnef.co/go/tools@$staticcheck
if command -v mandoc >/dev/null; then
	mandoc -Tlint -W warning man/*.[18] || status=1
else
	echo 'mandoc is missing'
	status=1
fi
if command -v shellcheck >/dev/null; then
	shellcheck -x -P scripts/runtimes scripts/*.sh scripts/runtimes/*.sh scripts/fresh/*.sh .ci/run || status=1
else
	echo 'shellcheck is missing'
	status=1
fi
exit $status
