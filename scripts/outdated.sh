#!/bin/sh
# Says of which modules in go.mod, indirect ones too, there is a newer release; and of
# those given. Modules that are only in the graph of those, and of which nothing is
# built, are not asked for: go mod tidy would take them out again.
# usage: outdated.sh [MODULE@VERSION...]
set -u
cd "$(dirname "$0")/.." || exit 1
modules=$(go list -m -mod=readonly -f '{{if not .Main}}{{.Path}}{{end}}' all) || exit
listed=
for module in $modules; do
	! grep -qE "^(require)?[[:space:]]$module v" go.mod || listed="$listed $module"
done
# shellcheck disable=SC2086 # a list of words
if ! newer=$(go list -m -u -f '{{with .Update}}{{$.Path}} {{$.Version}} is old: there is {{.Version}}{{end}}' $listed "$@" 2>&1); then
	echo "whether modules are old could not be asked: $newer"
	exit
fi
[ -z "$newer" ] || echo "$newer" | sed '/^$/d'
