package container

import (
	"cmp"
	"strings"
)

// annotateBy reads the annotations of a config.json. A malformed one has none.
// See: the OCI runtime specification.
func (f *Found) annotateBy(config []byte) {
	var annotations map[string]string
	if object(config).pick(fields{"annotations": &annotations}) == nil {
		f.annotate(func(name string) string { return annotations[name] })
	}
}

// annotate takes names from the annotations of whatever started the container.
func (f *Found) annotate(get func(string) string) {
	switch {
	case get("io.container.manager") == "libpod": // podman's, which has some of CRI-O's as well
		f.addRuntime(Podman)
		f.podmanPod = get("io.kubernetes.cri-o.SandboxID") // the pod's, for one without a container of its own
	case get("io.kubernetes.cri.container-type") != "": // containerd, pkg/cri/annotations
		f.Name = get("io.kubernetes.cri.container-name")
		f.Sandbox = get("io.kubernetes.cri.container-type") == "sandbox"
		f.setPod(get("io.kubernetes.cri.sandbox-namespace"), get("io.kubernetes.cri.sandbox-name"))
	case get("io.kubernetes.cri-o.ContainerType") != "": // CRI-O, pkg/annotations
		f.Name = get("io.kubernetes.container.name")
		f.Sandbox = get("io.kubernetes.cri-o.ContainerType") == "sandbox"
		f.setPod(get("io.kubernetes.pod.namespace"), get("io.kubernetes.pod.name"))
	default:
		f.Name = get("nerdctl/name")
	}
	if f.Sandbox {
		f.Name = ""
	}
}

func (f *Found) setPod(namespace, name string) {
	f.addRuntime(CRI)
	if name != "" {
		f.Pod = cmp.Or(namespace, "default") + "/" + name
	}
}

// setKubeName takes apart the name that cri-dockerd and CRI-O give to a container:
// k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT. CONTAINER is POD for the one that keeps the
// namespaces. Any other name stays as it is.
func (f *Found) setKubeName(name string) {
	w := strings.Split(name, "_")
	if len(w) != 6 || w[0] != "k8s" {
		f.Name = name
		return
	}
	f.setPod(w[3], w[2])
	if f.Sandbox = w[1] == "POD"; !f.Sandbox {
		f.Name = w[1]
	}
}
