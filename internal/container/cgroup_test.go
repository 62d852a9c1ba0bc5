package container

import (
	"strings"
	"testing"

	"nstools/internal/proc"
)

// claimIn returns the claim of the first line that has one.
func claimIn(text string) Found {
	for _, c := range proc.ParseCgroups(text + "\n") {
		if cl, ok := claimOf(splitPath(c.Path)); ok {
			return cl.Found
		}
	}
	return Found{}
}

func TestClaimOf(t *testing.T) {
	const id = podmanWeb
	tests := []struct{ cgroup, want string }{
		// version 2, the systemd driver
		{"0::/system.slice/docker-" + id + ".scope", "docker ID"},
		{"0::/system.slice/docker-" + id + ".scope/init", "docker ID"},
		{"0::/machine.slice/libpod-" + id + ".scope/container", "podman ID"},
		{"0::/machine.slice/libpod-conmon-" + id + ".scope", "unit - libpod-conmon-ID.scope"},
		{"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + id + ".scope/container", "podman ID"},
		{"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0f0e0d0c_1111_2222_3333_444455556666.slice/cri-containerd-" + id + ".scope", "cri ID"},
		{"0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podx.slice/crio-" + id + ".scope", "cri ID"},
		{"0::/system.slice/nerdctl-" + id + ".scope", "containerd ID"},
		{"0::/machine.slice/machine-deb.scope/payload", "machine - deb"},
		{`0::/machine.slice/machine-my\x2ddeb.scope/payload/system.slice/cron.service`, "machine - my-deb"},
		{"0::/machine.slice/systemd-nspawn@deb.service/payload", "machine - deb"},
		{"0::/lxc.payload.mail/system.slice/postfix.service", "lxc - mail"},
		{"0::/lxc.monitor.mail", "- - -"},
		{"0::/lxc/mail", "lxc - mail"},
		{"0::/system.slice/cron.service", "unit - cron.service"},
		{"0::/user.slice/user-1000.slice/session-3.scope", "unit - session-3.scope"},
		{"0::/user.slice/user-1000.slice/user@1000.service/app.slice/foot.service", "unit - foot.service"},
		{"0::/user.slice", "- - -"},
		{"0::/", "- - -"},
		// the cgroupfs driver, and version 1
		{"0::/docker/" + id, "docker ID"},
		{"9:name=systemd:/docker/" + id + "\n8:pids:/docker/" + id + "\n0::/", "docker ID"},
		{"0::/\n9:name=systemd:/libpod_parent/libpod-" + id, "podman ID"},
		{"0::/kubepods/burstable/pod0f0e0d0c-1111-2222-3333-444455556666/" + id, "cri ID"},
		{"0::/default/" + id, "containerd ID"},
		{"4:memory:/supervisor/67ddd22a606f95abaff0162c8eed2fee\n0::/", "- - -"},
		// neither a pod of podman nor a monitor is a container
		{"4:pids:/libpod_parent/" + id + "/conmon", "- - -"},
		{"4:pids:/libpod_parent/" + dockerShop + "/libpod-" + id, "podman ID"},
		{"0::/machine.slice/machine-libpod_pod_" + dockerShop + ".slice/libpod-" + id + ".scope/container", "podman ID"},
		{"0::/machine.slice/machine-libpod_pod_" + id + ".slice/libpod-conmon-" + dockerShop + ".scope", "unit - libpod-conmon-" + dockerShop + ".scope"},
		{"0::/machine.slice/machine-libpod_pod_" + id + ".slice", "- - -"},
		{"0::/kubepods.slice/crio-conmon-" + id + ".scope", "unit - crio-conmon-ID.scope"},
		{"0::/system.slice/web.service/libpod-payload-" + id, "podman ID"}, // of a quadlet
		{"0::/system.slice/web.service/runtime", "unit - web.service"},
		// a container within a container: the outer one made the other's cgroup
		{"0::/docker/" + dockerShop + "/kubelet/kubepods/podx/" + id, "docker " + dockerShop},
		{"0::/../../docker/" + id, "docker ID"}, // seen from another cgroup namespace
		// a name that users choose, below the cgroup of a container, which may have made it
		{"0::/system.slice/docker-" + id + ".scope/lxc.payload.prod", "docker ID"},
		{"0::/docker/" + id + "/machine.slice/machine-prod.scope", "docker ID"},
		{"0::/lxc.payload.mail/lxc/prod", "lxc - mail"},
		{"0::/lxc.payload.mail/docker/" + id, "lxc - mail"},
		// names that only look like it
		{"0::/docker-" + id[:63] + ".scope", "unit - docker-" + id[:63] + ".scope"},
		{"0::/docker-" + strings.ToUpper(id) + ".scope", "unit - docker-" + strings.ToUpper(id) + ".scope"},
		{"0::/lxc.payload.", "- - -"},
		{"", "- - -"},
		{"0:", "- - -"},
		{":::::", "- - -"},
		{"0::/" + strings.Repeat("a/", 4096), "- - -"},
		// anybody may name a cgroup so
		{"0::/x.service\x1b[2J\x07", "- - -"},
		{"0::/\x1b[2J.service", `unit - \033[2J.service`},
		{"0::/lxc.payload.\xff\t", `lxc - \377\011`},
	}
	for _, tt := range tests {
		f := claimIn(tt.cgroup)
		got := strings.TrimPrefix(strings.ReplaceAll(f.Line(), "\t", " "), "- ")
		got = strings.TrimSuffix(strings.ReplaceAll(got, id, "ID"), " -")
		if want := strings.TrimSuffix(tt.want, " -"); got != want {
			t.Errorf("%q: %s; want %s", tt.cgroup, got, want)
		}
	}
}

func FuzzClaimOf(f *testing.F) {
	f.Add("/docker/" + podmanWeb)
	f.Add("/machine.slice/machine-a\\x2d.scope")
	f.Fuzz(func(t *testing.T, path string) {
		parts := splitPath(path)
		cl, ok := claimOf(parts)
		if ok != (cl.Runtime != "") || cl.depth < 0 || cl.depth > len(parts) || ok && cl.depth == 0 {
			t.Errorf("%v, %+v", ok, cl)
		}
		for _, s := range []string{cl.Line(), cl.Label(), cl.Target()} {
			if strings.Trim(s, "\t") != strings.Map(printable, s) {
				t.Errorf("%q", s)
			}
		}
	})
}

func printable(r rune) rune {
	if r < ' ' && r != '\t' || r > '~' {
		return -1
	}
	return r
}
