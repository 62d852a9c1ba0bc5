package link

import (
	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/rtnl"
)

// A TunTapChange is a device for packets from a program that is to be added or deleted.
type TunTapChange struct {
	Name  string // "" for the next free one of its kind
	Flags uint32 // IFF_TUN or IFF_TAP, and other IFF_* of linux/if_tun.h
	Owner *uint32
	Group *uint32
}

// Add makes the device in a namespace, -1 for the current one. It stays until it is deleted.
// The error is a *iproute.Failure or one of [rtnl.Within].
func (c *TunTapChange) Add(namespace int) error {
	return c.attached(namespace, unix.IFF_TUN_EXCL, func(fd int) error {
		if c.Owner != nil {
			if err := unix.IoctlSetInt(fd, unix.TUNSETOWNER, int(*c.Owner)); err != nil {
				return refusedCall("ioctl(TUNSETOWNER)", err)
			}
		}
		if c.Group != nil {
			if err := unix.IoctlSetInt(fd, unix.TUNSETGROUP, int(*c.Group)); err != nil {
				return refusedCall("ioctl(TUNSETGROUP)", err)
			}
		}
		return setPersist(fd, 1)
	})
}

// Delete deletes the device, when no program has it any more.
func (c *TunTapChange) Delete(namespace int) error {
	return c.attached(namespace, 0, func(fd int) error { return setPersist(fd, 0) })
}

func setPersist(fd, on int) error {
	if err := unix.IoctlSetInt(fd, unix.TUNSETPERSIST, on); err != nil {
		return refusedCall("ioctl(TUNSETPERSIST)", err)
	}
	return nil
}

// attached attaches a descriptor to the device, and calls a function with it. A device that is
// not persistent goes when the descriptor is closed.
func (c *TunTapChange) attached(namespace int, more uint32, f func(fd int) error) error {
	attach := func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
		if err != nil {
			return refusedCall("open", err)
		}
		defer unix.Close(fd)
		request, err := unix.NewIfreq(c.Name)
		if err == nil {
			request.SetUint16(uint16(c.Flags | more))
			err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
		}
		if err != nil {
			return refusedCall("ioctl(TUNSETIFF)", err)
		}
		return f(fd)
	}
	if namespace < 0 {
		return attach()
	}
	return rtnl.Within(namespace, attach)
}

// refusedCall returns the failure of a system call, as perror(3) words it.
func refusedCall(what string, err error) error {
	f := iproute.Fail(what + ": " + diag.Reason(err))
	if errno, ok := err.(unix.Errno); ok {
		f.Errno = errno
	}
	return f
}
