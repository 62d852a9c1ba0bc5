package link

import (
	"bytes"
	"errors"
	"os"
	"strings"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/userdata"
	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
)

// forwarding are the sysctls of IPv4 and IPv6, in the order of families.
var forwarding = [2]string{"net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"}

// forward turns forwarding on.
type forward struct {
	site   *Site
	sysctl string
}

func (s *forward) Command() string { return s.site.run("sysctl", "-w", s.sysctl+"=1") }
func (s *forward) do() error       { return setSysctl(s.site, s.sysctl, "1") }
func (s *forward) undo() error     { return setSysctl(s.site, s.sysctl, "0") }

func sysctlFile(name string) string { return "/proc/sys/" + strings.ReplaceAll(name, ".", "/") }

func setSysctl(s *Site, name, value string) error {
	return s.within(func() error { return os.WriteFile(sysctlFile(name), []byte(value+"\n"), 0) })
}

// isOn tells whether a sysctl is something other than 0; false where there is none.
func isOn(s *Site, name string) bool {
	var text []byte
	err := s.within(func() (err error) { text, err = os.ReadFile(sysctlFile(name)); return err })
	return err == nil && string(bytes.TrimSpace(text)) != "0"
}

// masquerade gives what comes from B's networks and leaves by any other device than
// the one towards B the address of that device. It has a table to itself, whose rules
// tell in their comments which sysctl a connection has turned on, so that the last one
// can turn it off: what there is to know is where what it is about is.
type masquerade struct {
	site    *Site
	device  string // the connection's, after which the table is called
	over    string
	sources []iproute.Prefix
	turned  []bool // forwarding of the source's family was off before the first connection
}

const (
	tablePrefix = "gonetns-"
	chainName   = "postrouting"
	wasOff      = " was 0"
)

// tableName is the table of a connection. nft(8) can only be told of names with plain
// letters.
func tableName(device string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
	return tablePrefix + strings.Map(func(r rune) rune {
		if strings.ContainsRune(plain, r) {
			return r
		}
		return '_'
	}, device)
}

func (s *masquerade) Command() string {
	table := "inet " + tableName(s.device)
	text := "add table " + table + "; add chain " + table + " " + chainName + " { type nat hook postrouting priority srcnat; policy accept; }"
	for i, p := range s.sources {
		header := "ip"
		if p.Family == unix.AF_INET6 {
			header = "ip6"
		}
		text += "; add rule " + table + " " + chainName + " " + header + " saddr " + p.String() + ` oifname != "` + s.over + `" masquerade`
		if c := s.comment(i); c != "" {
			text += ` comment "` + c + `"`
		}
	}
	return s.site.run("nft", text)
}

// comment of the rule for a source; "" for none.
func (s *masquerade) comment(i int) string {
	if !s.turned[i] {
		return ""
	}
	if s.sources[i].Family == unix.AF_INET6 {
		return forwarding[1] + wasOff
	}
	return forwarding[0] + wasOff
}

func (s *masquerade) do() error {
	c, err := nftables.New(nftables.WithNetNSFd(s.site.fd))
	if err != nil {
		return err
	}
	table := c.CreateTable(&nftables.Table{Name: tableName(s.device), Family: nftables.TableFamilyINet})
	accept := nftables.ChainPolicyAccept
	chain := c.AddChain(&nftables.Chain{
		Name: chainName, Table: table, Type: nftables.ChainTypeNAT,
		Hooknum: nftables.ChainHookPostrouting, Priority: nftables.ChainPriorityNATSource, Policy: &accept,
	})
	for i, p := range s.sources {
		rule := &nftables.Rule{Table: table, Chain: chain, Exprs: masqueradeOf(p, s.over)}
		if text := s.comment(i); text != "" {
			rule.UserData = userdata.AppendString(nil, userdata.TypeComment, text)
		}
		c.AddRule(rule)
	}
	return c.Flush() // all or nothing
}

// masqueradeOf is the rule as nft(8) has it, so that it lists it as it was typed.
func masqueradeOf(p iproute.Prefix, over string) []expr.Any {
	const register = 1
	protocol, offset := byte(unix.NFPROTO_IPV4), uint32(12) // of the source in the header
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
	copy(name, over)
	return append(source,
		&expr.Cmp{Op: expr.CmpOpEq, Register: register, Data: p.Addr},
		&expr.Meta{Key: expr.MetaKeyOIFNAME, Register: register},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: register, Data: name},
		&expr.Masq{},
	)
}

func (s *masquerade) undo() error {
	_, err := dropTable(s.site, tableName(s.device))
	return err
}

// dropTable takes a table away; false where there is none.
func dropTable(s *Site, name string) (bool, error) {
	c, err := nftables.New(nftables.WithNetNSFd(s.fd))
	if err != nil {
		return false, err
	}
	c.DelTable(&nftables.Table{Name: name, Family: nftables.TableFamilyINet})
	err = c.Flush()
	return err == nil, err
}

// ourTables are the tables of connections with the comments of their rules.
func ourTables(s *Site) (map[string][]string, error) {
	c, err := nftables.New(nftables.WithNetNSFd(s.fd), nftables.AsLasting())
	if err != nil {
		return nil, unlessMissing(err)
	}
	defer c.CloseLasting()
	list, err := c.ListTablesOfFamily(nftables.TableFamilyINet)
	if err != nil {
		return nil, unlessMissing(err)
	}
	tables := make(map[string][]string)
	for _, t := range list {
		if !strings.HasPrefix(t.Name, tablePrefix) {
			continue
		}
		rules, err := c.GetRules(t, &nftables.Chain{Name: chainName, Table: t})
		if err != nil {
			return nil, err
		}
		comments := []string{}
		for _, r := range rules {
			if text, ok := userdata.GetString(r.UserData, userdata.TypeComment); ok {
				comments = append(comments, text)
			}
		}
		tables[t.Name] = comments
	}
	return tables, nil
}

// Obstacle looks for a chain of somebody else's that drops by default what the first
// end is to forward, as those of container engines do: no table of ours can let through
// what another one drops. It is "" for none.
func (w *Wiring) Obstacle() string {
	if !w.NAT {
		return ""
	}
	c, err := nftables.New(nftables.WithNetNSFd(w.A.Site.fd))
	if err != nil {
		return ""
	}
	chains, err := c.ListChains()
	if err != nil {
		return ""
	}
	over := w.A.Device
	if w.Bridge != "" {
		over = w.Bridge
	}
	families := map[nftables.TableFamily]string{nftables.TableFamilyIPv4: "ip", nftables.TableFamilyIPv6: "ip6", nftables.TableFamilyINet: "inet"}
	for _, ch := range chains {
		family, ok := families[ch.Table.Family]
		if !ok || ch.Hooknum == nil || *ch.Hooknum != *nftables.ChainHookForward || ch.Policy == nil || *ch.Policy != nftables.ChainPolicyDrop {
			continue
		}
		where := family + " " + ch.Table.Name + " " + ch.Name
		return "connected, but the chain " + where + " in " + w.A.Site.String() + " drops by default what is forwarded; unless a rule there lets it through: " +
			w.A.Site.run("nft", "insert rule "+where+` iifname "`+over+`" accept; insert rule `+where+` oifname "`+over+`" accept`)
	}
	return ""
}

// unlessMissing passes over what a kernel without nf_tables answers, for it has no
// tables: no such protocol, or no such subsystem of it (nfnetlink.c).
func unlessMissing(err error) error {
	if errors.Is(err, unix.EPROTONOSUPPORT) || errors.Is(err, unix.EINVAL) {
		return nil
	}
	return err
}
