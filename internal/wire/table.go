package wire

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/userdata"
	"golang.org/x/sys/unix"

	"nstools/internal/link"
)

// A table is what nftables has for one connection.
type table struct {
	marks    []string // of its rules: what is to be turned off with the last connection
	l3Device string   // the device towards the other end, or the bridge that it is on; "" for none
	rules    []*nftables.Rule
}

const (
	tablePrefix   = "gonetns-"
	chainName     = "postrouting"
	wasOff        = " was 0"
	markSeparator = ", "
)

// tableName is the table of a connection, another one for every device. nft(8) can only
// be told of names with plain letters; any other byte is _ and its two digits.
func tableName(device string) string {
	var name strings.Builder
	name.WriteString(tablePrefix)
	for i := range len(device) {
		if c := device[i]; strings.IndexByte(tableLetters, c) >= 0 {
			name.WriteByte(c)
		} else {
			fmt.Fprintf(&name, "_%02x", c)
		}
	}
	return name.String()
}

// plainInTable lacks the underscore, which begins what is not plain.
const tableLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."

// deviceOf is the device whose table has that name; "" for a name of somebody else's.
func deviceOf(table string) string {
	var device []byte
	for rest := strings.TrimPrefix(table, tablePrefix); rest != ""; {
		n := 1
		if rest[0] == '_' {
			n = min(3, len(rest))
			c, err := hex.DecodeString(rest[1:n])
			if err != nil || len(c) != 1 {
				return ""
			}
			device = append(device, c[0])
		} else {
			device = append(device, rest[0])
		}
		rest = rest[n:]
	}
	return string(device)
}

// owned tells whether one of the devices is that of a table. Where none is, the
// connection has gone by another way than disconnect.
func hasDevice(name string, devices []link.Device) bool {
	return slices.ContainsFunc(devices, func(d link.Device) bool { return tableName(d.Name) == name })
}

// nftables calls a function with a connection to nftables in the namespace. The error is
// the function's or that of [Site.within].
//
// The library's own way into a namespace is not taken: it loses the errno of a socket
// that cannot be made, and fails where there is no way back.
func (s *Namespace) nftables(f func(*nftables.Conn) error) error {
	var c *nftables.Conn
	err := s.within(func() (err error) {
		c, err = nftables.New(nftables.AsLasting()) // makes its socket here and now
		return err
	})
	if err != nil {
		return err
	}
	defer c.CloseLasting()
	return withErrno(f(c))
}

// withErrno gives an error of the library's its errno back where that is only in its text
// any more: some of its calls put errors together by %v.
func withErrno(err error) error {
	const last = unix.EHWPOISON
	if err == nil || errors.As(err, new(unix.Errno)) {
		return err
	}
	for errno := unix.Errno(1); errno <= last; errno++ {
		if strings.HasSuffix(err.Error(), ": "+errno.Error()) {
			return errno
		}
	}
	return err
}

// ourTables are the tables of connections by their names.
func connectionTables(s *Namespace) (map[string]*table, error) {
	tables := make(map[string]*table)
	err := s.nftables(func(c *nftables.Conn) error {
		list, err := c.ListTablesOfFamily(nftables.TableFamilyINet)
		if err != nil {
			return err
		}
		for _, t := range list {
			if !strings.HasPrefix(t.Name, tablePrefix) {
				continue
			}
			rules, err := c.GetRules(t, &nftables.Chain{Name: chainName, Table: t})
			if err != nil {
				return err
			}
			tables[t.Name] = parseTable(rules)
		}
		return nil
	})
	return tables, ignoreNoNFTables(err)
}

func parseTable(rules []*nftables.Rule) *table {
	t := &table{rules: rules}
	for _, r := range rules {
		if comment := ruleComment(r.UserData); comment != "" {
			t.marks = append(t.marks, strings.Split(comment, markSeparator)...)
		}
		for _, e := range r.Exprs {
			if c, ok := e.(*expr.Cmp); ok && c.Op == expr.CmpOpNeq {
				t.l3Device = unix.ByteSliceToString(c.Data)
			}
		}
	}
	return t
}

// commentIn is the comment in the data that a rule carries for who lists it, a row of
// type, length and value; "" for none. The kernel takes any bytes for it, so that what is
// cut short may be there, at which the library's own reader panics.
func ruleComment(data []byte) string {
	for len(data) >= 2 {
		end := 2 + int(data[1])
		if end > len(data) {
			break
		}
		if userdata.Type(data[0]) == userdata.TypeComment {
			return unix.ByteSliceToString(data[2:end])
		}
		data = data[end:]
	}
	return ""
}

// putTable makes a table with the rules, in the place of the one of its name where there
// is one, all or nothing.
func putTable(s *Namespace, name string, rules []*nftables.Rule, instead bool) error {
	return s.nftables(func(c *nftables.Conn) error { return replaceTable(c, name, rules, instead) })
}

func replaceTable(c *nftables.Conn, name string, rules []*nftables.Rule, instead bool) error {
	if instead {
		c.DelTable(&nftables.Table{Name: name, Family: nftables.TableFamilyINet})
	}
	t := c.CreateTable(&nftables.Table{Name: name, Family: nftables.TableFamilyINet})
	accept := nftables.ChainPolicyAccept
	chain := c.AddChain(&nftables.Chain{
		Name: chainName, Table: t, Type: nftables.ChainTypeNAT,
		Hooknum: nftables.ChainHookPostrouting, Priority: nftables.ChainPriorityNATSource, Policy: &accept,
	})
	for _, r := range rules {
		c.AddRule(&nftables.Rule{Table: t, Chain: chain, Exprs: r.Exprs, UserData: r.UserData})
	}
	return c.Flush()
}

// dropTables takes tables away, all or none.
func dropTables(s *Namespace, names []string) error {
	if len(names) == 0 {
		return nil
	}
	return s.nftables(func(c *nftables.Conn) error {
		for _, name := range names {
			c.DelTable(&nftables.Table{Name: name, Family: nftables.TableFamilyINet})
		}
		return c.Flush()
	})
}

// unlessMissing passes over what a kernel without nf_tables answers, for it has no
// tables: no such protocol, or no such subsystem of it (nfnetlink.c).
func ignoreNoNFTables(err error) error {
	if errors.Is(err, unix.EPROTONOSUPPORT) || errors.Is(err, unix.EINVAL) {
		return nil
	}
	return err
}
