package unshare

// Version is that of nstools.
const Version = "0.1.0"
