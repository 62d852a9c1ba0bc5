#!/bin/sh
# Runs every test, lists those that could not run with their reason, and ends
# with the counts. The whole output is kept in build/test.log.
set -u
export CGO_ENABLED=0
cd "$(dirname "$0")/.." || exit 1

mkdir -p build
log=build/test.log
go test -count=1 -timeout 40m -v "$@" ./... >"$log" 2>&1
status=$?

if [ "$status" -ne 0 ]; then
	grep -avE '^ *(=== (RUN|PAUSE|CONT|NAME)|--- (PASS|SKIP))' "$log"
else
	grep -aE '^(ok|FAIL|panic)' "$log"
fi
if grep -aqE '^ *--- SKIP' "$log"; then
	echo
	echo 'not run, and why:'
	# The reason stands in the lines after the result; of a script long before it, and
	# next to that with the name.
	awk '/^ *cmd\.go:[0-9]+: / { sub(/^ *cmd\.go:[0-9]+: /, ""); reason = $0; next }
		reason != "" && sub(/.*WORK=.*\/script-/, "") { print "  " $0 ": " reason }
		{ reason = "" }' "$log"
	grep -aE -A2 '^ *--- SKIP' "$log" | grep -avE '^--$|^ *--- PASS|^=== |--- SKIP: TestScripts[A-Za-z]*/' | sed 's/^ */  /'
fi
count() { grep -acE "^ *--- $1" "$log"; }
echo
echo "$(count PASS) passed, $(count FAIL) failed, $(count SKIP) skipped"
exit "$status"
