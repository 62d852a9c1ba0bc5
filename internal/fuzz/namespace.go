package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// within calls f on a thread in another network namespace, which ends with it.
func within(path string, f func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlocks: the thread is of no more use
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

// calm keeps a namespace from doing things in its own time: looking for duplicate
// addresses, and giving devices addresses of their own.
func calm(path string) error {
	return within(path, func() error {
		for file, value := range map[string]string{
			"all/accept_dad": "0", "default/accept_dad": "0", "default/dad_transmits": "0",
			"default/addr_gen_mode": "1", "default/router_solicitations": "0",
		} {
			err := os.WriteFile("/proc/sys/net/ipv6/conf/"+file, []byte(value), 0)
			if err != nil && !errors.Is(err, os.ErrNotExist) { // without IPv6 there is nothing to calm
				return err
			}
		}
		return nil
	})
}

// awaitCleanup waits until the kernel has cleaned up namespaces that have gone. It does
// so in their order: one more goes, and the end of a pair of devices in it is waited for.
func awaitCleanup(own int) error {
	const name = "last-to-go"
	err := within("/proc/self/ns/net", func() error {
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
