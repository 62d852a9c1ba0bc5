// Package target holds a process that is to be entered. Descriptors hold it, so that it
// stays the same process whatever happens to its number. The text of its files below /proc
// is another user's.
package target
