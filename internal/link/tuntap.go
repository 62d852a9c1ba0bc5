package link

import (
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"nstools/internal/rtnl"
)

// A TunTap is a device whose packets go to a program, as the kernel reports it. See: tuntap.rst
// of the kernel.
type TunTap struct {
	Name  string
	Flags uint32 // IFF_TUN or IFF_TAP, and other IFF_* of linux/if_tun.h
	Owner *uint32
	Group *uint32
}

// TunTaps returns the devices of this kind in the namespace of a connection, which has the
// descriptor namespace, or -1 for the current one. The error is an *rtnl.Error.
func TunTaps(conn *rtnl.Conn, namespace int) ([]TunTap, error) {
	devices, err := Select(conn, Selection{Kind: "tun"})
	if err != nil {
		return nil, err
	}
	var list []TunTap
	for i := range devices {
		d := &devices[i]
		if d.Kind == "tun" && (d.Type == unix.ARPHRD_NONE || d.Type == unix.ARPHRD_ETHER) {
			list = append(list, parseTunTap(d))
		}
	}
	if len(list) > 0 {
		addMoreFlags(list, namespace)
	}
	return list, nil
}

func parseTunTap(d *Device) TunTap {
	t := TunTap{Name: d.Name, Flags: unix.IFF_NO_PI}
	flag := func(on uint8, bit uint32) {
		t.Flags &^= bit
		if on != 0 {
			t.Flags |= bit
		}
	}
	number := func(v []byte) *uint32 { n := uint32Value(v); return &n }
	rtnl.Each(d.Data, func(kind uint16, v []byte) {
		switch kind {
		case nl.IFLA_TUN_OWNER:
			t.Owner = number(v)
		case nl.IFLA_TUN_GROUP:
			t.Group = number(v)
		case nl.IFLA_TUN_TYPE:
			t.Flags |= uint32(uint8Value(v))
		case nl.IFLA_TUN_PI:
			flag(1-min(1, uint8Value(v)), unix.IFF_NO_PI)
		case nl.IFLA_TUN_VNET_HDR:
			flag(uint8Value(v), unix.IFF_VNET_HDR)
		case nl.IFLA_TUN_PERSIST:
			flag(uint8Value(v), unix.IFF_PERSIST)
		case nl.IFLA_TUN_MULTI_QUEUE:
			flag(uint8Value(v), unix.IFF_MULTI_QUEUE)
		}
	})
	return t
}

// addMoreFlags adds what rtnetlink does not report, such as IFF_ONE_QUEUE. It is in sysfs, which
// may be that of another namespace: a file counts if it agrees with rtnetlink.
func addMoreFlags(list []TunTap, namespace int) {
	dir, err := sysfsOf(namespace)
	if err != nil {
		return
	}
	defer unix.Close(dir)
	const reported = unix.IFF_TUN | unix.IFF_TAP | unix.IFF_NO_PI | unix.IFF_VNET_HDR | unix.IFF_PERSIST | unix.IFF_MULTI_QUEUE
	for i := range list {
		flags, ok := readFlags(dir, list[i].Name)
		if ok && flags&reported == list[i].Flags {
			list[i].Flags = flags
		}
	}
}

func readFlags(dir int, name string) (uint32, bool) {
	fd, err := unix.Openat(dir, "class/net/"+name+"/tun_flags", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, false
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	const longest = 32 // a number
	text, err := io.ReadAll(io.LimitReader(f, longest))
	n, failed := strconv.ParseUint(strings.TrimSpace(string(text)), 0, 32)
	return uint32(n), err == nil && failed == nil
}

// sysfsOf returns a descriptor of a sysfs(5) for a network namespace, -1 for the current one. It
// is mounted nowhere. Without the privilege to make it, it is /sys for the current namespace.
func sysfsOf(namespace int) (int, error) {
	mount := -1
	mountNowhere := func() error {
		fs, err := unix.Fsopen("sysfs", unix.FSOPEN_CLOEXEC)
		if err != nil {
			return err
		}
		defer unix.Close(fs)
		if err := unix.FsconfigCreate(fs); err != nil {
			return err
		}
		mount, err = unix.Fsmount(fs, unix.FSMOUNT_CLOEXEC, unix.MOUNT_ATTR_RDONLY)
		return err
	}
	if namespace >= 0 {
		err := rtnl.Within(namespace, mountNowhere)
		return mount, err
	}
	if mountNowhere() == nil {
		return mount, nil
	}
	return unix.Open("/sys", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
}
