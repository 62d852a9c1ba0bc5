package container

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestACL has a directory of root in which a list gives rights to another user: the mode
// shows them as the group's, which is root's.
func TestACL(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Open(filepath.Dir(dir), unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	above := handle{fd: fd} // as if everybody got there
	defer above.close()
	owner := func() evidence {
		d, err := above.open(filepath.Base(dir))
		if err != nil {
			t.Fatal(err)
		}
		defer d.close()
		return d.evidence
	}
	for _, rights := range []uint16{7, 1} {
		acl := binary.LittleEndian.AppendUint32(nil, 2)
		for _, entry := range [...]struct {
			tag, rights uint16
			id          uint32
		}{{1, 7, ^uint32(0)}, {2, rights, 61234}, {4, 0, ^uint32(0)}, {16, rights, ^uint32(0)}, {32, 0, ^uint32(0)}} {
			acl = binary.LittleEndian.AppendUint16(acl, entry.tag)
			acl = binary.LittleEndian.AppendUint16(acl, entry.rights)
			acl = binary.LittleEndian.AppendUint32(acl, entry.id)
		}
		if err := unix.Setxattr(dir, "system.posix_acl_access", acl, 0); err != nil {
			t.Skip(err)
		}
		if e := owner(); rights == 7 && !e.nobody || rights == 1 && e.othersExcluded {
			t.Errorf("rights %d: %+v", rights, e)
		}
	}
}
