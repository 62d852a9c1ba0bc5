package main

// shorter looks for the shortest list of commands after which shows is still true of the
// last one: it leaves parts out, ever smaller ones, and at last words of the last command.
func shorter(commands []command, shows func([]command) bool) []command {
	last := len(commands) - 1
	for size := (last + 1) / 2; size > 0; {
		left := false
		for from := 0; from < len(commands)-1; {
			to := min(from+size, len(commands)-1)
			less := append(append([]command(nil), commands[:from]...), commands[to:]...)
			if shows(less) {
				commands, left = less, true
			} else {
				from = to
			}
		}
		if !left || size > 1 {
			size /= 2
		}
	}
	return fewerWords(commands, shows)
}

// fewerWords leaves words of the last command out.
func fewerWords(commands []command, shows func([]command) bool) []command {
	last := len(commands) - 1
	for i := 0; i < len(commands[last].Words); {
		c := commands[last]
		c.Words = append(append([]string(nil), c.Words[:i]...), c.Words[i+1:]...)
		less := append(append([]command(nil), commands[:last]...), c)
		if len(c.Words) > 0 && shows(less) {
			commands = less
		} else {
			i++
		}
	}
	return commands
}
