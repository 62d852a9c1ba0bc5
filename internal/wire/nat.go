package wire

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/userdata"
	"golang.org/x/sys/unix"

	"nstools/internal/files"
	"nstools/internal/iproute"
)

// forwarding lists the sysctls of IPv4 and IPv6, in the order of families.
var forwarding = [2]string{"net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"}

// enableForwarding turns forwarding on.
type enableForwarding struct {
	ns     *Namespace
	sysctl string
	before map[string]string // the former value for each device, by its file
}

func (s *enableForwarding) Command() string { return s.ns.command("sysctl", "-w", s.sysctl+"=1") }

// do saves the value for each device, since the kernel changes it as well.
func (s *enableForwarding) do() error {
	s.before = map[string]string{}
	return s.ns.within(func() error {
		names, _ := filepath.Glob(perDevice[s.sysctl])
		for _, file := range names {
			if text, err := files.Read(file); err == nil && filepath.Base(filepath.Dir(file)) != "all" {
				s.before[file] = string(text)
			}
		}
		return writeSysctl(sysctlFile(s.sysctl), "1\n")
	})
}

func (s *enableForwarding) undo() error {
	return s.ns.within(func() error {
		if err := writeSysctl(sysctlFile(s.sysctl), "0\n"); err != nil {
			return err
		}
		for file, was := range s.before {
			if text, err := files.Read(file); err != nil || string(text) == was {
				continue // unchanged, or the device has gone
			}
			if err := writeSysctl(file, was); err != nil {
				return err
			}
		}
		return nil
	})
}

// perDevice has the pattern of the files that a sysctl changes for each device.
var perDevice = map[string]string{
	forwarding[0]: "/proc/sys/net/ipv4/conf/*/forwarding",
	forwarding[1]: "/proc/sys/net/ipv6/conf/*/forwarding",
}

func sysctlFile(name string) string { return "/proc/sys/" + strings.ReplaceAll(name, ".", "/") }

func setSysctl(s *Namespace, name, value string) error {
	return s.within(func() error { return writeSysctl(sysctlFile(name), value+"\n") })
}

// writeSysctl writes to a file of /proc/sys. It ignores an error of close(2), since the value
// has been set by then. The error is a *fs.PathError.
func writeSysctl(file, value string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(value)
	f.Close()
	return err
}

// sysctlIsOn reports whether a sysctl is other than 0. It returns false for a missing one.
func sysctlIsOn(s *Namespace, name string) bool {
	var text []byte
	err := s.within(func() (err error) { text, err = files.Read(sysctlFile(name)); return err })
	return err == nil && string(bytes.TrimSpace(text)) != "0"
}

// addMasquerade translates the source of packets from B's networks that leave by another
// device than B's. Each connection has a table of its own. Comments of its rules record which
// sysctl a connection has turned on, so that the last connection can turn it off.
type addMasquerade struct {
	ns       *Namespace
	device   string // A's end, which names the table
	l3Device string
	sources  []iproute.Prefix
	turnedOn []bool // forwarding of the source's family was off before the first connection; recorded with the first source
	replaces *table // the table of a former connection with the same device; nil for none
	tried    bool
}

func (s *addMasquerade) Command() string {
	table := "inet " + tableName(s.device)
	text := ""
	if s.replaces != nil {
		text = "delete table " + table + "; "
	}
	text += "create table " + table + "; add chain " + table + " " + chainName + " { type nat hook postrouting priority srcnat; policy accept; }"
	for i, p := range s.sources {
		header := "ip"
		if p.Family == unix.AF_INET6 {
			header = "ip6"
		}
		text += "; add rule " + table + " " + chainName + " " + header + " saddr " + p.String() + ` oifname != "` + s.l3Device + `" masquerade`
		if c := s.comment(i); c != "" {
			text += ` comment "` + c + `"`
		}
	}
	return s.ns.command("nft", text)
}

// comment returns the comment of the rule for a source, "" for none. The first rule also
// records what the former table knew of a family without a rule.
func (s *addMasquerade) comment(i int) string {
	var marks []string
	for n, family := range families {
		mark := forwarding[n] + wasOff
		switch {
		case s.sources[i].Family == family:
			if s.turnedOn[i] {
				marks = append(marks, mark)
			}
		case i == 0 && s.replaces != nil && firstOfFamily(s.sources, family) == nil && slices.Contains(s.replaces.marks, mark):
			marks = append(marks, mark)
		}
	}
	return strings.Join(marks, markSeparator)
}

func (s *addMasquerade) do() error {
	var rules []*nftables.Rule
	for i, p := range s.sources {
		rule := &nftables.Rule{Exprs: masqueradeRule(p, s.l3Device)}
		if text := s.comment(i); text != "" {
			rule.UserData = userdata.AppendString(nil, userdata.TypeComment, text)
		}
		rules = append(rules, rule)
	}
	s.tried = true
	return putTable(s.ns, tableName(s.device), rules, s.replaces != nil)
}

func (s *addMasquerade) undo() error {
	if !s.tried {
		return nil
	}
	name := tableName(s.device)
	if s.replaces != nil {
		return putTable(s.ns, name, s.replaces.rules, true)
	}
	return dropTables(s.ns, []string{name})
}

// masqueradeRule returns the rule as nft(8) makes it, so that nft lists it as it was typed.
func masqueradeRule(p iproute.Prefix, l3Device string) []expr.Any {
	const register = 1
	protocol, offset := byte(unix.NFPROTO_IPV4), uint32(12) // offset of the source in the header
	if p.Family == unix.AF_INET6 {
		protocol, offset = unix.NFPROTO_IPV6, 8
	}
	source := []expr.Any{
		&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: register},
		&expr.Cmp{Op: expr.CmpOpEq, Register: register, Data: []byte{protocol}},
		&expr.Payload{DestRegister: register, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: uint32(len(p.Addr))},
	}
	if p.Bits < 8*len(p.Addr) {
		source = append(source, &expr.Bitwise{SourceRegister: register, DestRegister: register, Len: uint32(len(p.Addr)), Mask: mask(p), Xor: make([]byte, len(p.Addr))})
	}
	name := make([]byte, unix.IFNAMSIZ)
	copy(name, l3Device)
	return append(source,
		&expr.Cmp{Op: expr.CmpOpEq, Register: register, Data: p.Addr},
		&expr.Meta{Key: expr.MetaKeyOIFNAME, Register: register},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: register, Data: name},
		&expr.Masq{},
	)
}

// DropHint looks for a chain of another program, such as a container engine, that drops
// forwarded packets by default. A table of this program cannot accept what another one drops.
// It returns a hint, "" for none.
func (c *Connection) DropHint() string {
	if !c.NAT {
		return ""
	}
	var chains []*nftables.Chain
	err := c.A.NS.nftables(func(c *nftables.Conn) (err error) { chains, err = c.ListChains(); return err })
	if err != nil {
		return ""
	}
	l3Device := c.A.Device
	if c.Bridge != "" {
		l3Device = c.Bridge
	}
	families := map[nftables.TableFamily]string{nftables.TableFamilyIPv4: "ip", nftables.TableFamilyIPv6: "ip6", nftables.TableFamilyINet: "inet"}
	for _, ch := range chains {
		family, ok := families[ch.Table.Family]
		if !ok || ch.Hooknum == nil || *ch.Hooknum != *nftables.ChainHookForward || ch.Policy == nil || *ch.Policy != nftables.ChainPolicyDrop {
			continue
		}
		where := family + " " + ch.Table.Name + " " + ch.Name
		return "connected, but the chain " + where + " in " + c.A.NS.String() + " drops by default what is forwarded; unless a rule there lets it through: " +
			c.A.NS.cli.hintCommand("nft", "insert rule "+where+` iifname "`+l3Device+`" accept; insert rule `+where+` oifname "`+l3Device+`" accept`)
	}
	return ""
}
