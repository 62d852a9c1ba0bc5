// Package complete writes the scripts with which bash, zsh and fish complete the command
// line of gonetns.
//
// It is told the objects and verbs, and takes the options in front of them from package
// session. It does not know what they do.
package complete
