package ip

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/netns"
	"nstools/internal/tool"
	"nstools/internal/wire"
)

// parseEndpoint reads NAMESPACE[:DEVICE][=ADDRESS/LENGTH[,...]], where NAMESPACE is a name,
// host or pid:NUMBER. It cannot express a name with a colon or an equals sign.
func parseEndpoint(e *wire.Endpoint, word string) (p wire.NamespaceRef, err error) {
	head, list, addressed := strings.Cut(word, "=")
	if process, ok := strings.CutPrefix(head, "pid:"); ok {
		number, device, named := strings.Cut(process, ":")
		n, ok := iproute.Integer(number)
		if !ok || n < 1 {
			return p, tool.Failure("'" + number + "' in '" + word + "' is no number of a process")
		}
		p.PID = int(n)
		err = setDevice(e, word, device, named)
	} else {
		name, device, named := strings.Cut(head, ":")
		if name != "host" {
			if err := netns.Check(name); err != nil {
				return p, err
			}
			p.Name = name
		}
		err = setDevice(e, word, device, named)
	}
	if err != nil || !addressed {
		return p, err
	}
	for a := range strings.SplitSeq(list, ",") {
		prefix, err := iproute.ParsePrefix(a, unix.AF_UNSPEC)
		if err != nil || len(prefix.Addr) == 0 || !prefix.Given {
			return p, tool.Failure("'" + a + "' in '" + word + "' is no address with a length, such as 10.0.0.1/24")
		}
		e.Addresses = append(e.Addresses, prefix)
	}
	return p, nil
}

func setDevice(e *wire.Endpoint, word, device string, named bool) error {
	e.Device = device
	if !named {
		return nil
	}
	return checkDevice(device, word)
}

// checkDevice refuses a name that a device cannot get. The kernel takes a percent sign for a
// pattern and chooses a name itself. See: dev_alloc_name in dev.c of the kernel.
func checkDevice(device, word string) error {
	if !iproute.IsInterfaceName(device) || strings.ContainsAny(device, ":%") || strings.Contains(device, latinBlank) {
		return tool.Failure("'" + device + "' in '" + word + "' is no name for a device (1 to 15 bytes, no blank, slash, colon or percent sign)")
	}
	return nil
}

// defaultDevice returns the given name of a device, or one that says where it leads. The name
// is cut to the length that the kernel allows. An underscore replaces what the kernel or
// nft(8) refuses.
func defaultDevice(device string, p wire.NamespaceRef) string {
	if device != "" {
		return device
	}
	name := "to-"
	for rest := strings.TrimPrefix(p.String(), "pid:"); rest != ""; {
		r, n := utf8.DecodeRuneInString(rest)
		letter := rest[:n]
		if r <= ' ' || strings.ContainsAny(letter, `:%"*\`) || strings.Contains(letter, latinBlank) || r == utf8.RuneError {
			letter = "_"
		}
		if len(name)+len(letter) >= unix.IFNAMSIZ {
			break
		}
		name, rest = name+letter, rest[n:]
	}
	return name
}

// latinBlank is a byte that the kernel takes for a blank. Its ctype.c reads Latin-1, also
// within a letter in UTF-8.
const latinBlank = "\xa0"
