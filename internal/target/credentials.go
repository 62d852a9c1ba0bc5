package target

import (
	"errors"
	"strconv"
	"strings"

	"nstools/internal/proc"
)

// Credentials are what decides what a process may do, as /proc/PID/status shows it: ids of
// the reader's user namespace, and capability sets by their bits.
// See: credentials(7), capabilities(7).
type Credentials struct {
	Ids
	Groups []uint32

	Inheritable, Permitted, Effective, Bounding, Ambient uint64

	NoNewPrivs bool
	Seccomp    bool // a filter or the strict mode
}

// ParseCredentials reads the text of /proc/PID/status.
func ParseCredentials(status []byte) (c Credentials, err error) {
	if c.Ids, err = ParseIds(status); err != nil {
		return c, err
	}
	text := string(status)
	for word := range strings.FieldsSeq(proc.Field(text, "Groups")) {
		n, err := strconv.ParseUint(word, 10, 32)
		if err != nil {
			return c, errors.New("no groups in the status of the process")
		}
		c.Groups = append(c.Groups, uint32(n))
	}
	for _, set := range [...]struct {
		name string
		bits *uint64
	}{
		{"CapInh", &c.Inheritable}, {"CapPrm", &c.Permitted}, {"CapEff", &c.Effective}, {"CapBnd", &c.Bounding}, {"CapAmb", &c.Ambient},
	} {
		if *set.bits, err = strconv.ParseUint(proc.Field(text, set.name), 16, 64); err != nil {
			return c, errors.New("no " + set.name + " in the status of the process")
		}
	}
	c.NoNewPrivs = proc.Field(text, "NoNewPrivs") == "1"
	mode := proc.Field(text, "Seccomp")
	c.Seccomp = mode != "" && mode != "0"
	return c, nil
}
