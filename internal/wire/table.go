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

// A table is the nftables table of one connection.
type table struct {
	marks    []string // comments of its rules: what the last connection turns off
	l3Device string   // the device of A's end, or its bridge; "" for none
	rules    []*nftables.Rule
}

const (
	tablePrefix   = "gonetns-"
	chainName     = "postrouting"
	wasOff        = " was 0"
	markSeparator = ", "
)

// tableName returns the name of the table of a device's connection. nft(8) takes plain letters
// only: any other byte becomes _ and two hexadecimal digits.
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

// tableLetters lacks the underscore, which begins an escape.
const tableLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."

// deviceOf returns the device of a table, "" for a table of another program.
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

// hasDevice reports whether one of the devices belongs to a table. If none does, the
// connection went without disconnect.
func hasDevice(name string, devices []link.Device) bool {
	return slices.ContainsFunc(devices, func(d link.Device) bool { return tableName(d.Name) == name })
}

// nftables calls a function with a connection to nftables in the namespace. The error is the
// function's, or an error of [Namespace.within].
//
// The library can enter a namespace as well. But it loses the errno of a socket that cannot be
// made, and fails if the way back is refused.
func (s *Namespace) nftables(f func(*nftables.Conn) error) error {
	var c *nftables.Conn
	err := s.within(func() (err error) {
		c, err = nftables.New(nftables.AsLasting()) // makes its socket immediately
		return err
	})
	if err != nil {
		return err
	}
	defer c.CloseLasting()
	return withErrno(f(c))
}

// withErrno returns the errno that an error of the library ends with as text. Some of its
// calls format errors with %v.
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

// connectionTables returns the tables of connections by their names.
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

// ruleComment returns the comment in the user data of a rule, "" for none. The data is a list
// of type, length and value. The kernel accepts any bytes for it, and the library's own reader
// panics at a value that is cut short.
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

// putTable makes a table with the rules. With replaces set it replaces the table of that name.
// It does all or nothing.
func putTable(s *Namespace, name string, rules []*nftables.Rule, replaces bool) error {
	return s.nftables(func(c *nftables.Conn) error { return replaceTable(c, name, rules, replaces) })
}

func replaceTable(c *nftables.Conn, name string, rules []*nftables.Rule, replaces bool) error {
	if replaces {
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

// dropTables deletes tables, all or none.
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

// ignoreNoNFTables drops the error of a kernel without nf_tables, which has no tables. It
// answers that the protocol or the subsystem is missing. See: nfnetlink.c of the kernel.
func ignoreNoNFTables(err error) error {
	if errors.Is(err, unix.EPROTONOSUPPORT) || errors.Is(err, unix.EINVAL) {
		return nil
	}
	return err
}
