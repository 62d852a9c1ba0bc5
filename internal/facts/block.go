package facts

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A Block is a line of /etc/subuid or /etc/subgid: Count subordinate ids from Start on.
type Block struct {
	Owner        string // a name or a decimal uid
	Start, Count uint32
}

// String returns FIRST-LAST, as usermod(8) takes it.
func (b Block) String() string {
	return strconv.FormatUint(uint64(b.Start), 10) + "-" + strconv.FormatUint(b.end()-1, 10)
}

// BelongsTo reports whether a user owns the block.
func (b Block) BelongsTo(name string, uid uint32) bool { return owns([]byte(b.Owner), name, uid) }

// Contains reports whether all ids of another block are in this one.
func (b Block) Contains(c Block) bool { return c.Start >= b.Start && c.end() <= b.end() }

// Overlaps reports whether the blocks have a common id.
func (b Block) Overlaps(c Block) bool { return uint64(c.Start) < b.end() && uint64(b.Start) < c.end() }

// end returns the first id behind the block.
func (b Block) end() uint64 { return uint64(b.Start) + uint64(b.Count) }

// Blocks reads the text of /etc/subuid or /etc/subgid as shadow-utils do. Like these it
// skips lines without three fields, without numbers in the last two, or with a count of 0.
func Blocks(text []byte) []Block {
	var list []Block
	for line := range lines(text) {
		owner, rest := cut(line)
		first, size, found := bytes.Cut(rest, []byte{':'})
		start, ok1 := parseNumber(first)
		count, ok2 := parseNumber(size)
		if found && len(owner) > 0 && ok1 && ok2 && count > 0 {
			list = append(list, Block{string(owner), start, count})
		}
	}
	return list
}

// FreeBlock returns the block that useradd(8) would give a new user: the first hole that is
// large enough. The settings are SUB_UID_MIN, SUB_UID_MAX and SUB_UID_COUNT in the text of
// /etc/login.defs, or those with GID in their names, which is kind.
// See: sub_uid_find_free_range() in lib/subordinateio.c of shadow-utils.
func FreeBlock(text, defs []byte, kind string) (Block, bool) {
	low, most, count := setting(defs, "SUB_"+kind+"_MIN", 100000), setting(defs, "SUB_"+kind+"_MAX", 600100000), setting(defs, "SUB_"+kind+"_COUNT", 65536)
	if count == 0 || most >= noID {
		return Block{}, false
	}
	taken := Blocks(text)
	slices.SortFunc(taken, func(a, b Block) int { return cmp.Compare(a.Start, b.Start) })
	for _, b := range taken {
		if high := min(uint64(b.Start), most+1); high > low && high-low >= count {
			break
		}
		low = max(low, b.end())
	}
	if low+count > most+1 {
		return Block{}, false
	}
	return Block{Start: uint32(low), Count: uint32(count)}, true
}

// OtherSubids reports whether the text of /etc/nsswitch.conf has subordinate ids in another
// source than files.
func OtherSubids(nsswitch []byte) bool {
	for line := range lines(nsswitch) {
		if rest, ok := strings.CutPrefix(string(line), "subid:"); ok && strings.TrimSpace(rest) != "files" {
			return true
		}
	}
	return false
}

// setting returns a number of /etc/login.defs.
// See: login.defs(5).
func setting(defs []byte, name string, usual uint64) uint64 {
	for line := range lines(defs) {
		if w := strings.Fields(string(line)); len(w) > 1 && w[0] == name {
			if n, err := strconv.ParseUint(w[1], 0, 64); err == nil {
				return n
			}
		}
	}
	return usual
}

// UsermodCommand returns the command by which root gives a user blocks of subordinate ids
// in the files that lack them; "" where it may fail. Lookup returns the text of a file, nil
// for a missing one.
func UsermodCommand(name string, uid uint32, lookup func(path string) []byte) string {
	if OtherSubids(lookup("/etc/nsswitch.conf")) {
		return ""
	}
	command := "usermod"
	for _, f := range [...]struct{ path, kind, option string }{{"/etc/subuid", "UID", "--add-subuids"}, {"/etc/subgid", "GID", "--add-subgids"}} {
		text := lookup(f.path)
		if slices.ContainsFunc(Blocks(text), func(b Block) bool { return b.BelongsTo(name, uid) }) {
			continue
		}
		free, ok := FreeBlock(text, lookup("/etc/login.defs"), f.kind)
		if !ok {
			return ""
		}
		command += " " + f.option + " " + free.String()
	}
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	if command == "usermod" || name == "" || name[0] == '-' || strings.Trim(name, plain) != "" {
		return ""
	}
	return command + " " + name
}
