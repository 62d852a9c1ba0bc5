package unshare

import (
	"golang.org/x/sys/unix"

	"nstools/internal/opt"
)

// The options, in the order of the original's array. Those that the original lacks follow.
const (
	optHelp = iota
	optVersion
	optMount
	optUTS
	optIPC
	optNet
	optPID
	optUser
	optCgroup
	optTime
	optFork
	optKillChild
	optForwardSignals
	optMountProc
	optMountBinfmt
	optMapUser
	optMapUsers
	optMapGroup
	optMapGroups
	optMapRootUser
	optMapCurrentUser
	optMapAuto
	optMapSubids
	optOwner
	optPropagation
	optSetgroups
	optKeepCaps
	optSetuid
	optSetgid
	optRoot
	optDir
	optMonotonic
	optBoottime
	optLoadInterp
	optClearEnv
	optWhitelistEnv
	optPivotRoot
	optHostname
	optLoopback
	optPty
	optExplain
	optCompletion
)

// spellings say how the options are written. Both ways read them. The short way has no
// runtime, so they have to be data that the linker lays out.
var spellings = [...]opt.Spelling{
	optHelp:           {Short: 'h', Long: "help"},
	optVersion:        {Short: 'V', Long: "version"},
	optMount:          {Short: 'm', Long: "mount", Arg: opt.Optional},
	optUTS:            {Short: 'u', Long: "uts", Arg: opt.Optional},
	optIPC:            {Short: 'i', Long: "ipc", Arg: opt.Optional},
	optNet:            {Short: 'n', Long: "net", Arg: opt.Optional},
	optPID:            {Short: 'p', Long: "pid", Arg: opt.Optional},
	optUser:           {Short: 'U', Long: "user", Arg: opt.Optional},
	optCgroup:         {Short: 'C', Long: "cgroup", Arg: opt.Optional},
	optTime:           {Short: 'T', Long: "time", Arg: opt.Optional},
	optFork:           {Short: 'f', Long: "fork"},
	optKillChild:      {Long: "kill-child", Arg: opt.Optional},
	optForwardSignals: {Long: "forward-signals"},
	optMountProc:      {Long: "mount-proc", Arg: opt.Optional},
	optMountBinfmt:    {Long: "mount-binfmt", Arg: opt.Optional},
	optMapUser:        {Long: "map-user", Arg: opt.Required},
	optMapUsers:       {Long: "map-users", Arg: opt.Required},
	optMapGroup:       {Long: "map-group", Arg: opt.Required},
	optMapGroups:      {Long: "map-groups", Arg: opt.Required},
	optMapRootUser:    {Short: 'r', Long: "map-root-user"},
	optMapCurrentUser: {Short: 'c', Long: "map-current-user"},
	optMapAuto:        {Long: "map-auto"},
	optMapSubids:      {Long: "map-subids"},
	optOwner:          {Long: "owner", Arg: opt.Required},
	optPropagation:    {Long: "propagation", Arg: opt.Required},
	optSetgroups:      {Long: "setgroups", Arg: opt.Required},
	optKeepCaps:       {Long: "keep-caps"},
	optSetuid:         {Short: 'S', Long: "setuid", Arg: opt.Required, ShortArg: opt.Required},
	optSetgid:         {Short: 'G', Long: "setgid", Arg: opt.Required, ShortArg: opt.Required},
	optRoot:           {Short: 'R', Long: "root", Arg: opt.Required, ShortArg: opt.Required},
	optDir:            {Short: 'w', Long: "wd", Arg: opt.Required, ShortArg: opt.Required},
	optMonotonic:      {Long: "monotonic", Arg: opt.Required},
	optBoottime:       {Long: "boottime", Arg: opt.Required},
	optLoadInterp:     {Short: 'l', Long: "load-interp", Arg: opt.Required, ShortArg: opt.Required},
	optClearEnv:       {Long: "clear-env"},
	optWhitelistEnv:   {Long: "whitelist-env", Arg: opt.Required},
	optPivotRoot:      {Long: "pivot-root", Arg: opt.Required, Own: true},
	optHostname:       {Long: "hostname", Arg: opt.Required, Own: true},
	optLoopback:       {Long: "loopback", Own: true},
	optPty:            {Long: "pty", Own: true},
	optExplain:        {Long: "explain", Arg: opt.Optional, Own: true},
	optCompletion:     {Long: "completion", Arg: opt.Required, Own: true},
}

// implied has what an option asks for besides its own subject.
var implied = [len(spellings)]struct {
	namespaces uintptr // CLONE_NEW*
	fork       bool
}{
	optMount:          {namespaces: unix.CLONE_NEWNS},
	optUTS:            {namespaces: unix.CLONE_NEWUTS},
	optIPC:            {namespaces: unix.CLONE_NEWIPC},
	optNet:            {namespaces: unix.CLONE_NEWNET},
	optPID:            {namespaces: unix.CLONE_NEWPID},
	optUser:           {namespaces: unix.CLONE_NEWUSER},
	optCgroup:         {namespaces: unix.CLONE_NEWCGROUP},
	optTime:           {namespaces: unix.CLONE_NEWTIME},
	optFork:           {fork: true},
	optKillChild:      {fork: true},
	optForwardSignals: {fork: true},
	optMountProc:      {namespaces: unix.CLONE_NEWNS},
	optMountBinfmt:    {namespaces: unix.CLONE_NEWNS | unix.CLONE_NEWUSER},
	optMapUser:        {namespaces: unix.CLONE_NEWUSER},
	optMapUsers:       {namespaces: unix.CLONE_NEWUSER},
	optMapGroup:       {namespaces: unix.CLONE_NEWUSER},
	optMapGroups:      {namespaces: unix.CLONE_NEWUSER},
	optMapRootUser:    {namespaces: unix.CLONE_NEWUSER},
	optMapCurrentUser: {namespaces: unix.CLONE_NEWUSER},
	optMapAuto:        {namespaces: unix.CLONE_NEWUSER},
	optMapSubids:      {namespaces: unix.CLONE_NEWUSER},
	optOwner:          {namespaces: unix.CLONE_NEWUSER},
	optLoadInterp:     {namespaces: unix.CLONE_NEWNS | unix.CLONE_NEWUSER},
	optPivotRoot:      {namespaces: unix.CLONE_NEWNS},
	optHostname:       {namespaces: unix.CLONE_NEWUTS},
	optLoopback:       {namespaces: unix.CLONE_NEWNET},
	optPty:            {fork: true},
}

// spell completes a row that has only the option's long name.
func (o *Options) spell(f *opt.Flag) {
	for n, s := range spellings {
		if s.Long != f.Long {
			continue
		}
		f.Spell(s)
		set := f.Set
		f.Set = func(value string, given bool) error {
			o.addNamespaces(implied[n].namespaces, "--"+s.Long)
			o.Fork = o.Fork || implied[n].fork
			return set(value, given)
		}
		return
	}
	panic("no spelling of --" + f.Long)
}
