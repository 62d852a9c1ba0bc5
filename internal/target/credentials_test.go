package target

import (
	"slices"
	"strings"
	"testing"
)

const status = `Name:	x
Uid:	1	2	3	4
Gid:	5	6	7	8
Groups:	1 4294967294 
NoNewPrivs:	1
Seccomp:	2
CapInh:	0000000000000001
CapPrm:	000001ffffffffff
CapEff:	0000000000000003
CapBnd:	00000000a80425fb
CapAmb:	0000000000000000
`

func TestParseCredentials(t *testing.T) {
	c, err := ParseCredentials([]byte(status))
	if err != nil {
		t.Fatal(err)
	}
	if c.Ids != (Ids{2, 6}) || !slices.Equal(c.Groups, []uint32{1, 4294967294}) || !c.NoNewPrivs || !c.Seccomp ||
		c.Inheritable != 1 || c.Permitted != 0x1ffffffffff || c.Effective != 3 || c.Bounding != 0xa80425fb || c.Ambient != 0 {
		t.Errorf("%+v", c)
	}
	for _, change := range [][2]string{{"CapBnd", "CapBud"}, {"1 4294967294", "1 4294967296"}, {"Uid", "Pid"}, {"000000000003\n", "xyz\n"}} {
		if _, err := ParseCredentials([]byte(strings.Replace(status, change[0], change[1], 1))); err == nil {
			t.Errorf("%s was taken", change[1])
		}
	}
}
