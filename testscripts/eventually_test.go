package testscripts

// eventually is a function for scripts. They source it by its name on PATH, because only a
// function can call their own functions:
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
