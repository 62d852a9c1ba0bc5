package testscripts

// eventually is for scripts that source it, which is what a dot and a name on PATH do:
// a function can be waited for only by a function.
//
//	. eventually.sh
//	eventually COMMAND...
const eventually = `eventually() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 3000 ] || { echo "half a minute, and still not: $*"; return 1; }
		sleep 0.01
	done
}
`
