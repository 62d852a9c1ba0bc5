package link

import (
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"nstools/internal/rtnl"
)

// TestOwnNamespace reads what every namespace has.
func TestOwnNamespace(t *testing.T) {
	conn, err := rtnl.Open(-1)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	devices, err := Devices(conn)
	if err != nil {
		t.Fatal(err)
	}
	if len(devices) == 0 || devices[0].Name != "lo" || devices[0].Type != unix.ARPHRD_LOOPBACK {
		t.Errorf("got %+v; want lo as the first", devices)
	}
	lo, err := Find(conn, "lo")
	if err != nil || lo.Index != devices[0].Index {
		t.Errorf("got %+v, %v; want lo", lo, err)
	}
	if d, err := ByIndex(conn, lo.Index); err != nil || d.Name != "lo" {
		t.Errorf("got %+v, %v; want lo", d, err)
	}
	if _, err := Find(conn, "nosuch"); !errors.Is(err, unix.ENODEV) {
		t.Errorf("got %v; want no such device", err)
	}
	if _, err := Addresses(conn, unix.AF_UNSPEC, 0); err != nil {
		t.Error(err)
	}
	if _, err := Routes(conn, RouteSelection{}); err != nil {
		t.Error(err)
	}
}

// FuzzParse parses arbitrary bytes: nothing is read beyond them.
func FuzzParse(f *testing.F) {
	f.Add([]byte("\x02\x18\x80\xfe\x01\x00\x00\x00\x08\x00\x01\x00\x7f\x00\x00\x01"))
	f.Add([]byte("\x02\x18\x00\x00\xfe\x02\xfd\x01\x00\x00\x00\x00\x10\x00\x09\x00\x0c\x00\x00\x00\x01\x00\x00\x00\x05\x00\x05\x00"))
	f.Add([]byte("\x0a\x80\x00\x00\xfe\x02\xfd\x01\x00\x00\x00\x00\x0c\x00\x08\x00\x08\x00\x01\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, m []byte) {
		parseDevice(m)
		parseAddress(m)
		parseRoute(m)
	})
}
