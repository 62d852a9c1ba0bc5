package show

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// deviceFlags are the flags that are printed, in this order. NO-CARRIER stands for a missing
// IFF_RUNNING. See: netdevice(7) and linux/if.h.
var deviceFlags = [...]struct {
	bit  uint32
	name string
}{
	{unix.IFF_LOOPBACK, "LOOPBACK"},
	{unix.IFF_BROADCAST, "BROADCAST"},
	{unix.IFF_POINTOPOINT, "POINTOPOINT"},
	{unix.IFF_MULTICAST, "MULTICAST"},
	{unix.IFF_NOARP, "NOARP"},
	{unix.IFF_ALLMULTI, "ALLMULTI"},
	{unix.IFF_PROMISC, "PROMISC"},
	{unix.IFF_MASTER, "MASTER"},
	{unix.IFF_SLAVE, "SLAVE"},
	{unix.IFF_DEBUG, "DEBUG"},
	{unix.IFF_DYNAMIC, "DYNAMIC"},
	{unix.IFF_AUTOMEDIA, "AUTOMEDIA"},
	{unix.IFF_PORTSEL, "PORTSEL"},
	{unix.IFF_NOTRAILERS, "NOTRAILERS"},
	{unix.IFF_UP, "UP"},
	{unix.IFF_LOWER_UP, "LOWER_UP"},
	{unix.IFF_DORMANT, "DORMANT"},
	{unix.IFF_ECHO, "ECHO"},
}

// flagWords returns the words for a device's flags, and M-DOWN if its peer is down.
func flagWords(flags uint32, peerDown bool) []string {
	words := make([]string, 0, 8)
	if flags&unix.IFF_UP != 0 && flags&unix.IFF_RUNNING == 0 {
		words = append(words, "NO-CARRIER")
	}
	flags &^= unix.IFF_RUNNING
	for _, f := range deviceFlags {
		if flags&f.bit != 0 {
			words = append(words, f.name)
			flags &^= f.bit
		}
	}
	if flags != 0 {
		words = append(words, strconv.FormatUint(uint64(flags), 16))
	}
	if peerDown {
		words = append(words, "M-DOWN")
	}
	return words
}

// stateWord returns the word for an operational state of RFC 2863. See: operstates.rst of the
// kernel.
func stateWord(state uint8) string {
	words := [...]string{"UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"}
	if int(state) < len(words) {
		return words[state]
	}
	return "0x" + strconv.FormatUint(uint64(state), 16)
}

// modeWord returns the word for IFLA_LINKMODE.
func modeWord(mode uint8) string {
	words := [...]string{"DEFAULT", "DORMANT"}
	if int(mode) < len(words) {
		return words[mode]
	}
	return strconv.Itoa(int(mode))
}

// typeWord returns the word for a type of hardware. See: linux/if_arp.h.
func (p *printer) typeWord(hardware uint16) string {
	if p.numeric {
		return "[" + decimal(int(hardware)) + "]"
	}
	return typeName(hardware)
}

func typeName(hardware uint16) string {
	switch hardware {
	case unix.ARPHRD_CAN:
		return "can"
	case unix.ARPHRD_IEEE802154_MONITOR:
		return "ieee802.15.4/monitor"
	case unix.ARPHRD_PHONET:
		return "phonet"
	case unix.ARPHRD_PHONET_PIPE:
		return "phonet_pipe"
	case unix.ARPHRD_CAIF:
		return "caif"
	case unix.ARPHRD_IP6GRE:
		return "gre6"
	case unix.ARPHRD_NETLINK:
		return "netlink"
	case unix.ARPHRD_6LOWPAN:
		return "6lowpan"
	}
	word := nl.NewIfInfomsg(unix.AF_UNSPEC)
	word.Type = hardware
	if w := word.EncapType(); !strings.HasPrefix(w, "unknown") {
		return w
	}
	return "[" + strconv.Itoa(int(hardware)) + "]"
}

// hardwareAddress returns a link-layer address: an IP address for tunnels, otherwise octets.
func hardwareAddress(hardware uint16, octets []byte) string {
	switch hardware {
	case unix.ARPHRD_TUNNEL, unix.ARPHRD_SIT, unix.ARPHRD_IPGRE:
		if a, ok := netip.AddrFromSlice(octets); ok && a.Is4() {
			return a.String()
		}
	case unix.ARPHRD_TUNNEL6, unix.ARPHRD_IP6GRE:
		if a, ok := netip.AddrFromSlice(octets); ok && a.Is6() {
			return addressText(a)
		}
	}
	const digits = "0123456789abcdef"
	b := make([]byte, 0, 3*len(octets))
	for i, o := range octets {
		if i > 0 {
			b = append(b, ':')
		}
		b = append(b, digits[o>>4], digits[o&15])
	}
	return string(b)
}

// addressText returns what inet_ntop(3) of the GNU C library returns. That prints an address
// of IPv4 in the last four octets of IPv6 even without ffff in front of it.
func addressText(a netip.Addr) string {
	if !a.Is6() || a.Is4In6() {
		return a.String()
	}
	b := a.As16()
	for _, o := range b[:12] {
		if o != 0 {
			return a.String()
		}
	}
	if b[12]|b[13] == 0 {
		return a.String() // :: and ::1
	}
	return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
}
