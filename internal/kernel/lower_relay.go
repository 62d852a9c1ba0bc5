package kernel

import "nstools/internal/plan"

func (l *lowerer) relay(x plan.Relay) error {
	memory, err := newModes()
	if err != nil {
		return err
	}
	descriptor := func(fd int) uintptr {
		if fd < 0 {
			return noDescriptor
		}
		return uintptr(fd)
	}
	l.trimmed = readOnly(auxiliary(atPHDR), auxiliary(atPHNUM), auxiliary(atPAGESZ))
	l.relayed = &relayState{
		socket: descriptor(x.Socket), peer: descriptor(x.Peer), in: descriptor(x.In), out: descriptor(x.Out),
		master: noDescriptor, shared: x.Shared, modes: memory, left: moreThanAny,
	}
	for n, what := range relayCalls {
		l.relayed.words[n] = l.message(what)
	}
	l.emit(instr{op: opRelay, slot: x.PID, fail: l.message("signalfd failed")})
	return nil
}
