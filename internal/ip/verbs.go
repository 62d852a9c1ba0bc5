package ip

import (
	"io"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/ip/show"
	"nstools/internal/iproute"
	"nstools/internal/netns"
)

func (r *run) list([]string) error { return show.Names(&r.Session) }

func (r *run) listID(args []string) error {
	return show.IDs(&r.Session, args, func() error { return r.usage(nil) })
}

func noName() error { return iproute.Fail("No netns name specified") }

func (r *run) add(args []string) error {
	if len(args) == 0 {
		return noName()
	}
	return r.forEachName(stripIDs(args), r.store.Prepare, r.store.Add)
}

func (r *run) delete(args []string) error {
	if !r.Opt.All {
		if len(args) == 0 {
			return noName()
		}
		return r.forEachName(stripIDs(args), func() error { return nil }, netns.Delete)
	}
	names, err := netns.Names()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := netns.Delete(name); err != nil {
			r.Report(err) // and goes on, with status 0 in the end, as ip does
		}
	}
	return nil
}

// stripIDs removes what list prints behind names, such as (id: 7). Scripts say "delete $(list
// | grep X)", which gives X and two more words, and ip takes the first.
func stripIDs(words []string) []string {
	var names []string
	for i := 0; i < len(words); i++ {
		if i > 0 && i+1 < len(words) && words[i] == "(id:" {
			if id, ok := strings.CutSuffix(words[i+1], ")"); ok && id != "" && strings.Trim(id, "0123456789") == "" {
				i++
				continue
			}
		}
		names = append(names, words[i])
	}
	return names
}

// forEachName does the same with several names, until one fails. Then it prints for each name
// whether it was done. before does what may wait.
func (r *run) forEachName(names []string, before func() error, do func(string) error) error {
	for _, name := range names {
		if err := netns.Check(name); err != nil {
			return err // before any change
		}
	}
	if err := before(); err != nil {
		return err
	}
	r.Outlive()
	yield := startLongLoop()
	for i, name := range names {
		yield()
		err := do(name)
		if err == nil {
			continue
		}
		if len(names) == 1 {
			return err
		}
		r.Report(err)
		for n, name := range names {
			word := ": done\n"
			switch {
			case n == i:
				word = ": failed\n"
			case n > i:
				word = ": not tried\n"
			}
			io.WriteString(r.Stderr, name+word)
		}
		return iproute.Fail("")
	}
	return nil
}

func (r *run) attach(args []string) error {
	if len(args) < 2 {
		return iproute.Fail("No netns name and PID specified")
	}
	pid, ok := iproute.Integer(args[1])
	if !ok || pid == 0 {
		return iproute.Fail("Invalid PID: " + args[1])
	}
	if err := netns.Check(args[0]); err != nil {
		return err
	}
	if err := r.store.Prepare(); err != nil {
		return err
	}
	r.Outlive()
	return r.store.Attach(args[0], int(pid))
}

func (r *run) set(args []string) error {
	switch len(args) {
	case 0:
		return noName()
	case 1:
		return iproute.Fail("No nsid specified")
	}
	if err := netns.Check(args[0]); err != nil {
		return err
	}
	id := int32(netns.None)
	if args[1] != "auto" {
		n, ok := iproute.Integer(args[1])
		if !ok {
			return iproute.Invalid(`Invalid "netnsid" value`, args[1])
		}
		if n < 0 {
			return iproute.Invalid(`"netnsid" value should be >= 0`, args[1])
		}
		id = n
	}
	fd, err := netns.Open(args[0], iproute.StatusFailed)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	ids, err := r.IDs()
	if err != nil {
		return err
	}
	defer ids.Close()
	return ids.Set(fd, id)
}

func (r *run) identify(args []string) error {
	path := "/proc/thread-self/ns/net"
	switch {
	case len(args) > 1:
		return iproute.Fail("extra arguments specified")
	case len(args) == 1:
		pid := args[0]
		if strings.Trim(pid, "0123456789") != "" || pid == "" {
			return iproute.Fail("Specified string '" + pid + "' is not a pid")
		}
		path = "/proc/" + pid + "/ns/net"
	case r.InNS >= 0:
		path = "/proc/self/fd/" + strconv.Itoa(r.InNS)
	}
	names, err := netns.Identify(path)
	if err != nil {
		return err
	}
	return r.Print(strings.Join(names, "\n") + "\n")
}

func (r *run) pids(args []string) error {
	switch len(args) {
	case 0:
		return noName()
	case 1:
	default:
		return iproute.Fail("extra arguments specified")
	}
	pids, err := netns.Pids(args[0])
	if err != nil {
		return err
	}
	var text []byte
	for _, pid := range pids {
		text = append(strconv.AppendInt(text, int64(pid), 10), '\n')
	}
	return r.Print(string(text))
}

func (r *run) monitor([]string) error {
	return netns.Monitor(func(event, name string) error {
		return r.Print(event + " " + name + "\n")
	})
}
