// Package plan holds what a tool is about to do, as data: an ordered list of
// system calls and of the few steps that are more than one call. Compilers
// (internal/unshare and its siblings) make plans, [Plan.Text] and [Plan.JSON]
// print them, and internal/kernel carries them out.
//
// A plan is less than a language. It has one condition, [Optional], and no loops. A fork
// splits it into two lists. A call hands its result to later calls through one of a few
// numbered slots.
package plan
