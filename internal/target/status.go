package target

import (
	"errors"
	"strconv"
	"strings"

	"nstools/internal/idmap"
	"nstools/internal/proc"
)

// Ids are the effective ids of a process.
type Ids struct{ UID, GID uint32 }

// ParseIds reads the effective ids from the text of /proc/PID/status, as ids of the
// reader's user namespace.
func ParseIds(status []byte) (Ids, error) {
	uid, ok1 := effective(status, "Uid")
	gid, ok2 := effective(status, "Gid")
	if !ok1 || !ok2 {
		return Ids{}, errors.New("no ids in the status of the process")
	}
	return Ids{uid, gid}, nil
}

func effective(status []byte, name string) (uint32, bool) {
	words := strings.Fields(proc.Field(string(status), name))
	if len(words) < 2 {
		return 0, false
	}
	n, err := strconv.ParseUint(words[1], 10, 32)
	return uint32(n), err == nil
}

// InnerID translates an id of the reader's user namespace into one of a process's, by the
// text of its uid_map or gid_map. It returns false for an id that is not mapped.
func InnerID(idMap []byte, id uint32) (uint32, bool) {
	return idmap.Parse(string(idMap)).Inner(id)
}
