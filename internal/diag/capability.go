package diag

import (
	"strconv"
	"strings"
)

// capNames has the capabilities in the order of their numbers.
// See: include/uapi/linux/capability.h.
const capNames = `chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap
	linux_immutable net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot
	sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write
	audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore`

// Capabilities returns the names of the capabilities in a set, or their count where there
// are more than four.
func Capabilities(set uint64) string {
	var names []string
	known := strings.Fields(capNames)
	for n := range 64 {
		if set>>n&1 == 0 {
			continue
		}
		name := strconv.Itoa(n)
		if n < len(known) {
			name = known[n]
		}
		names = append(names, "cap_"+name)
	}
	if len(names) > 4 {
		return strconv.Itoa(len(names)) + " capabilities"
	}
	return strings.Join(names, ", ")
}
