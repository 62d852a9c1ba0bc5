#!/bin/sh
# Guess:     the reader of /etc/subuid in moby/sys/user passes over a comment and over a line
#            that is no range, or returns an error for them.
# Behaviour: each of them is an entry. A comment is a user of that name, a line without
#            colons a user with an empty range at 0, and a start that is no number is 0,
#            with no error: `name:1O0000:65536` reads as 65,536 ids from 0, root's among
#            them. A caller who adds the ranges up, or writes them to uid_map, has to check
#            each for himself.
# Output:    "root" 100000 65536
#            "# build machine" 0 0
#            "nobody here" 0 0
#            "ci" 0 65536
#            error: <nil>
# Source:    github.com/moby/sys/user v0.5.0, user.go, parseParts ignores what does not parse.
# Needs:     go.
set -eu
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir"
cat >subuid <<'END'
root:100000:65536
# build machine
nobody here
ci:1O0000:65536
END
cat >main.go <<'END'
package main

import (
	"fmt"

	"github.com/moby/sys/user"
)

func main() {
	list, err := user.ParseSubIDFile("subuid")
	for _, e := range list {
		fmt.Printf("%q %d %d\n", e.Name, e.SubID, e.Count)
	}
	fmt.Println("error:", err)
}
END
{
	go mod init finding
	go get github.com/moby/sys/user@v0.5.0
	CGO_ENABLED=0 go build -o finding .
} >log 2>&1 || { cat log; exit 1; }
./finding >seen
cat >want <<'END'
"root" 100000 65536
"# build machine" 0 0
"nobody here" 0 0
"ci" 0 65536
error: <nil>
END
cat seen
diff want seen
