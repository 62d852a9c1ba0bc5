package iproute

import "golang.org/x/sys/unix"

// An AddressFlag is a flag of an address; see linux/if_addr.h.
type AddressFlag struct {
	Bit        uint32
	Name       string
	KernelOnly bool // only the kernel sets it
	IPv6Only   bool // only addresses of IPv6 have it
}

// AddressFlags lists the flags in the order in which they are printed. An address that is not
// permanent is printed as dynamic.
var AddressFlags = [...]AddressFlag{
	{unix.IFA_F_SECONDARY, "secondary", true, false},
	{unix.IFA_F_SECONDARY, "temporary", true, false}, // the name of the same bit in IPv6
	{unix.IFA_F_NODAD, "nodad", false, true},
	{unix.IFA_F_OPTIMISTIC, "optimistic", false, true},
	{unix.IFA_F_DADFAILED, "dadfailed", true, true},
	{unix.IFA_F_HOMEADDRESS, "home", false, true},
	{unix.IFA_F_DEPRECATED, "deprecated", true, true},
	{unix.IFA_F_TENTATIVE, "tentative", true, true},
	{unix.IFA_F_PERMANENT, "permanent", true, true},
	{unix.IFA_F_MANAGETEMPADDR, "mngtmpaddr", false, true},
	{unix.IFA_F_NOPREFIXROUTE, "noprefixroute", false, false},
	{unix.IFA_F_MCAUTOJOIN, "autojoin", false, false},
	{unix.IFA_F_STABLE_PRIVACY, "stable-privacy", true, true},
}
