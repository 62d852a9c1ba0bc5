// Package opt reads command lines the way the C tools do.
//
// One [Table] describes a tool's options. The parser, the help text, the shell
// completions and the check of the manual page are all made from it, so they
// cannot drift apart.
//
// Parsing follows getopt_long(3) of glibc with a leading "+" in optstring:
// options end at the first operand, long names may be abbreviated, short ones
// clustered, and a complaint has glibc's text to the byte. The words are first
// rewritten to full long options, and pflag then walks the result; pflag's own
// reading of short options and abbreviations never comes into play.
package opt
