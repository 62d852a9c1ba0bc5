package nsenter

import "nstools/internal/opt"

// The options, in the order of the original's array. Those that the original lacks follow.
const (
	optAll = iota
	optHelp
	optVersion
	optTarget
	optMount
	optUTS
	optIPC
	optNet
	optNetSocket
	optPID
	optUser
	optCgroup
	optTime
	optSetuid
	optSetgid
	optRoot
	optDir
	optInside
	optEnv
	optNoFork
	optJoinCgroup
	optPreserve
	optKeepCaps
	optUserParent
	optFollowContext
	optWhich
	optTargets
	optList
	optTree
	optJSON
	optAsContainer
	optMountProc
	optTools
	optPty
	optExplain
	optCompletion
)

// spellings say how the options are written. Both ways read them. The short way has no
// runtime, so they have to be data that the linker lays out.
var spellings = [...]opt.Spelling{
	optAll:           {Short: 'a', Long: "all"},
	optHelp:          {Short: 'h', Long: "help"},
	optVersion:       {Short: 'V', Long: "version"},
	optTarget:        {Short: 't', Long: "target", Arg: opt.Required, ShortArg: opt.Required},
	optMount:         {Short: 'm', Long: "mount", Arg: opt.Optional, ShortArg: opt.Optional},
	optUTS:           {Short: 'u', Long: "uts", Arg: opt.Optional, ShortArg: opt.Optional},
	optIPC:           {Short: 'i', Long: "ipc", Arg: opt.Optional, ShortArg: opt.Optional},
	optNet:           {Short: 'n', Long: "net", Arg: opt.Optional, ShortArg: opt.Optional},
	optNetSocket:     {Short: 'N', Long: "net-socket", Arg: opt.Required, ShortArg: opt.Required},
	optPID:           {Short: 'p', Long: "pid", Arg: opt.Optional, ShortArg: opt.Optional},
	optUser:          {Short: 'U', Long: "user", Arg: opt.Optional, ShortArg: opt.Optional},
	optCgroup:        {Short: 'C', Long: "cgroup", Arg: opt.Optional, ShortArg: opt.Optional},
	optTime:          {Short: 'T', Long: "time", Arg: opt.Optional, ShortArg: opt.Optional},
	optSetuid:        {Short: 'S', Long: "setuid", Arg: opt.Required, ShortArg: opt.Required},
	optSetgid:        {Short: 'G', Long: "setgid", Arg: opt.Required, ShortArg: opt.Required},
	optRoot:          {Short: 'r', Long: "root", Arg: opt.Optional, ShortArg: opt.Optional},
	optDir:           {Short: 'w', Long: "wd", Arg: opt.Optional, ShortArg: opt.Optional},
	optInside:        {Short: 'W', Long: "wdns", Arg: opt.Required, ShortArg: opt.Required},
	optEnv:           {Short: 'e', Long: "env", Arg: opt.Optional},
	optNoFork:        {Short: 'F', Long: "no-fork"},
	optJoinCgroup:    {Short: 'c', Long: "join-cgroup"},
	optPreserve:      {Long: "preserve-credentials"},
	optKeepCaps:      {Long: "keep-caps"},
	optUserParent:    {Long: "user-parent"},
	optFollowContext: {Short: 'Z', Long: "follow-context"},
	optWhich:         {Long: "which", Arg: opt.Required, Own: true},
	optTargets:       {Long: "targets", Own: true},
	optList:          {Long: "list", Own: true},
	optTree:          {Long: "tree", Arg: opt.Optional, Own: true},
	optJSON:          {Short: 'j', Long: "json", Own: true},
	optAsContainer:   {Long: "as-container", Own: true},
	optMountProc:     {Long: "mount-proc", Own: true},
	optTools:         {Long: "tools", Arg: opt.Optional, Own: true},
	optPty:           {Long: "pty", Own: true},
	optExplain:       {Long: "explain", Arg: opt.Optional, Own: true},
	optCompletion:    {Long: "completion", Arg: opt.Required, Own: true},
}

// spell completes a row that has only the option's long name.
func spell(f *opt.Flag) {
	for _, s := range spellings {
		if s.Long == f.Long {
			f.Spell(s)
			return
		}
	}
	panic("no spelling of --" + f.Long)
}
