#!/bin/sh
# Runs every test, lists those that could not run with their reason, and ends
# with the counts. The whole output is kept in build/test.log.
set -u
cd "$(dirname "$0")/.." || exit 1

mkdir -p build
log=build/test.log
go test -count=1 -v "$@" ./... >"$log" 2>&1
status=$?

if [ "$status" -ne 0 ]; then
	grep -vE '^ *(=== (RUN|PAUSE|CONT|NAME)|--- (PASS|SKIP))' "$log"
else
	grep -E '^(ok|FAIL|panic)' "$log"
fi
if grep -qE '^ *--- SKIP' "$log"; then
	echo
	echo 'not run, and why:'
	# The reason stands in the lines before the result, or after it for subtests.
	grep -E -A2 '^ *--- SKIP' "$log" | grep -vE '^--$|^ *--- PASS|^=== ' | sed 's/^ */  /'
fi
count() { grep -cE "^ *--- $1" "$log"; }
echo
echo "$(count PASS) passed, $(count FAIL) failed, $(count SKIP) skipped"
exit "$status"
