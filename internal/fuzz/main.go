// Fuzz compares gonetns, called as ip, with the installed ip(8). The same made-up command
// lines run in two boxes, each a set of network and mount namespaces. After each command the
// exit status, the output, the messages and all that ip prints about the two boxes have to be
// the same. In every other session gonetns finds the original as the next ip, and in the
// others none.
//
//	go run ./internal/fuzz [-seed N] [-commands N] [-session N] [-about OBJECT] BIN-DIRECTORY
//
// It prints a difference with the fewest commands that show it. Intended differences are in
// known.txt, with their reasons.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	if isBox() {
		if err := serve(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "fuzz: box:", err)
			os.Exit(1)
		}
		return
	}
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano())%1e9, "which commands are made up")
	commands := flag.Int("commands", 10000, "how many")
	session := flag.Int("session", -1, "run this session of the seed alone")
	topic := flag.String("about", "", "make most of them about this: neigh, rule, tuntap, addr or route")
	most := flag.Int("most", 20, "end after so many kinds of differences")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: fuzz [-seed N] [-commands N] [-session N] [-about OBJECT] [-most N] BIN-DIRECTORY")
		os.Exit(2)
	}
	status, err := start(flag.Arg(0), func(f *fuzz) {
		f.seed, f.commands, f.session, f.topic, f.most = *seed, *commands, *session, *topic, *most
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		status = 2
	}
	os.Exit(status)
}

func start(bin string, set func(*fuzz)) (status int, err error) {
	if os.Geteuid() != 0 {
		return 0, fmt.Errorf("the boxes need root: names are in /run/netns")
	}
	dir, err := os.MkdirTemp("", "nstools")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	f, err := newFuzz(bin, dir, os.Stdout)
	if err != nil {
		return 0, err
	}
	set(f)
	differences, err := f.run()
	if err != nil {
		return 0, err
	}
	if f.session < 0 {
		f.unmatched()
	}
	if differences > 0 {
		return 1, nil
	}
	return 0, nil
}
