// Package target holds a process that is to be entered. It is held by
// descriptors, so that it stays the same process whatever becomes of its number;
// what its files below /proc say is bytes of somebody else's.
package target
