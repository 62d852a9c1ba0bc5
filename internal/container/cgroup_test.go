package container

import (
	"strings"
	"testing"
)

func TestInCgroup(t *testing.T) {
	const id = podmanWeb
	tests := []struct{ cgroup, want string }{
		// version 2, the systemd driver
		{"0::/system.slice/docker-" + id + ".scope", "docker ID"},
		{"0::/system.slice/docker-" + id + ".scope/init", "docker ID"},
		{"0::/machine.slice/libpod-" + id + ".scope/container", "podman ID"},
		{"0::/machine.slice/libpod-conmon-" + id + ".scope", "unit libpod-conmon-ID.scope"},
		{"0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + id + ".scope/container", "podman ID of 1000"},
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
		{"0::/user.slice/user-1000.slice/session-3.scope", "unit - session-3.scope of 1000"},
		{"0::/user.slice/user-1000.slice/user@1000.service/app.slice/foot.service", "unit - foot.service of 1000"},
		{"0::/user.slice", "- - -"},
		{"0::/", "- - -"},
		// the cgroupfs driver, and version 1
		{"0::/docker/" + id, "docker ID"},
		{"9:name=systemd:/docker/" + id + "\n8:pids:/docker/" + id + "\n0::/", "docker ID"},
		{"0::/\n9:name=systemd:/libpod_parent/libpod-" + id, "podman ID"},
		{"0::/kubepods/burstable/pod0f0e0d0c-1111-2222-3333-444455556666/" + id, "cri ID"},
		{"0::/default/" + id, "containerd ID"},
		{"4:memory:/supervisor/67ddd22a606f95abaff0162c8eed2fee\n0::/", "- - -"},
		// a container within a container: the inner one
		{"0::/docker/" + dockerShop + "/kubelet/kubepods/podx/" + id, "cri ID"},
		{"0::/../../docker/" + id, "docker ID"}, // seen from another cgroup namespace
		// a name that people choose, below the cgroup of a container: that may have made it
		{"0::/system.slice/docker-" + id + ".scope/lxc.payload.prod", "docker ID"},
		{"0::/docker/" + id + "/machine.slice/machine-prod.scope", "docker ID"},
		{"0::/lxc.payload.mail/lxc/prod", "lxc - mail"},
		{"0::/lxc.payload.mail/docker/" + id, "docker ID"},
		// what only looks like it
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
		f, _ := inCgroup(tt.cgroup + "\n")
		got := strings.TrimPrefix(strings.ReplaceAll(f.Line(), "\t", " "), "- ")
		got = strings.TrimSuffix(strings.ReplaceAll(got, id, "ID"), " -")
		if f.Owner != 0 {
			got += " of 1000"
		}
		want := strings.Replace(strings.TrimSuffix(tt.want, " -"), "unit libpod", "unit - libpod", 1)
		if got != want {
			t.Errorf("%q: %s; want %s", tt.cgroup, got, want)
		}
	}
}

func FuzzInCgroup(f *testing.F) {
	f.Add("0::/docker/" + podmanWeb + "\n")
	f.Add("1:name=systemd:/machine.slice/machine-a\\x2d.scope\n")
	f.Fuzz(func(t *testing.T, text string) {
		found, ok := inCgroup(text)
		if ok != (found.Runtime != "") {
			t.Errorf("%v, %+v", ok, found)
		}
		for _, s := range []string{found.Line(), found.Label(), found.Target()} {
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
