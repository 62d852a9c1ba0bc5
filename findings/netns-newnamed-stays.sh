#!/bin/sh
# Guess:     netns.NewNamed, of vishvananda/netns, that fails since the name is taken leaves
#            the thread in the network namespace where it was, as any function that returns
#            an error does.
# Behaviour: it makes the namespace first, the thread is in it then, and the name is tried
#            last. After the error the thread, which had to be locked for this, is in a new
#            namespace without a name and without devices: all that it does to the network
#            from there on is done to nothing. DeleteNamed has its twin: a plain file of that
#            name, as a creator that was killed leaves it, is an error, and stays.
# Output:    taken: file exists, same namespace: false
#            plain file: invalid argument, still there: true
# Source:    github.com/vishvananda/netns v0.0.5, netns_linux.go.
# Needs:     go, and user namespaces or root.
set -eu
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir" 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir"
cat >main.go <<'END'
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/vishvananda/netns"
)

func reason(err error) error {
	for errors.Unwrap(err) != nil {
		err = errors.Unwrap(err)
	}
	return err
}

func main() {
	runtime.LockOSThread()
	must(os.MkdirAll("/run/netns", 0o755))
	must(os.WriteFile("/run/netns/blue", nil, 0o444))
	before, err := netns.Get()
	must(err)
	_, taken := netns.NewNamed("blue")
	after, err := netns.Get()
	must(err)
	fmt.Printf("taken: %v, same namespace: %v\n", reason(taken), before.Equal(after))
	left := netns.DeleteNamed("blue")
	_, err = os.Stat("/run/netns/blue")
	fmt.Printf("plain file: %v, still there: %v\n", reason(left), err == nil)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
END
{
	go mod init finding
	go get github.com/vishvananda/netns@v0.0.5
	CGO_ENABLED=0 go build -o finding .
} >log 2>&1 || { cat log; exit 1; }
unshare -Urmn sh -c 'mount -t tmpfs none /run && exec ./finding' >seen
cat >want <<'END'
taken: file exists, same namespace: false
plain file: invalid argument, still there: true
END
cat seen
diff want seen
