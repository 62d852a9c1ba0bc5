package main

import (
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// within calls f in another network namespace, on a thread that ends with it.
func within(path string, f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // stays locked: the thread ends with the goroutine
		fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			done <- err
			return
		}
		defer unix.Close(fd)
		if err := unix.Setns(fd, unix.CLONE_NEWNET); err != nil {
			done <- fmt.Errorf("setns %s: %w", path, err)
			return
		}
		done <- f()
	}()
	return <-done
}

// disableAutoconf keeps a namespace from acting by itself: from looking for duplicate
// addresses, and from adding addresses to devices.
func disableAutoconf(path string) error {
	return within(path, func() error {
		for file, value := range map[string]string{
			"all/accept_dad": "0", "default/accept_dad": "0", "default/dad_transmits": "0",
			"default/addr_gen_mode": "1", "default/router_solicitations": "0",
		} {
			err := os.WriteFile("/proc/sys/net/ipv6/conf/"+file, []byte(value), 0)
			if err != nil && !errors.Is(err, os.ErrNotExist) { // a kernel without IPv6 lacks the files
				return err
			}
		}
		return nil
	})
}

// awaitCleanup waits until the kernel has cleaned up namespaces that have gone. The kernel
// keeps their order. So another namespace goes last, and awaitCleanup waits for the end of its
// pair of devices.
func awaitCleanup(own int) error {
	const name = "last-to-go"
	err := within(ownNS, func() error {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return err
		}
		h, err := netlink.NewHandle(unix.NETLINK_ROUTE)
		if err != nil {
			return err
		}
		defer h.Close()
		return h.LinkAdd(&netlink.Veth{
			LinkAttrs: netlink.LinkAttrs{Name: name}, PeerName: name, PeerNamespace: netlink.NsFd(own),
		})
	})
	if err != nil {
		return fmt.Errorf("await cleanup: %w", err)
	}
	const limit = 30 * time.Second
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		_, err := netlink.LinkByName(name)
		if errors.As(err, new(netlink.LinkNotFoundError)) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return fmt.Errorf("await cleanup: a namespace was not cleaned up within %v", limit)
}

// fingerprint returns a hash of all that ip prints about the thread's network namespace. It
// also covers some data that ip does not print.
func fingerprint() (string, error) {
	const skipStats = 1 << 3 // RTEXT_FILTER_SKIP_STATS
	sum := fnv.New128a()
	for _, kind := range []int{unix.RTM_GETLINK, unix.RTM_GETADDR, unix.RTM_GETROUTE, unix.RTM_GETRULE, unix.RTM_GETNEIGH, unix.RTM_GETNEXTHOP} {
		request := nl.NewNetlinkRequest(kind, unix.NLM_F_DUMP)
		switch kind {
		case unix.RTM_GETLINK:
			request.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
			request.AddData(nl.NewRtAttr(unix.IFLA_EXT_MASK, nl.Uint32Attr(skipStats)))
		case unix.RTM_GETNEXTHOP:
			request.AddData(raw(make([]byte, 8))) // struct nhmsg
		default:
			request.AddData(raw(make([]byte, unix.SizeofRtMsg)))
		}
		messages, err := request.Execute(unix.NETLINK_ROUTE, 0)
		if err != nil {
			return "", fmt.Errorf("dump %d: %w", kind, err)
		}
		for _, m := range messages {
			const stateAt = 8 // ndm_state
			if kind == unix.RTM_GETNEIGH && (len(m) <= stateAt || m[stateAt] != netlink.NUD_PERMANENT) {
				continue
			}
			sum.Write(m)
		}
		sum.Write([]byte{0})
	}
	return strconv.Quote(string(sum.Sum(nil))), nil
}

// raw is a part of a request.
type raw []byte

func (r raw) Len() int          { return len(r) }
func (r raw) Serialize() []byte { return r }
