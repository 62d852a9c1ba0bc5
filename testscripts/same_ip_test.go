package testscripts

import (
	"os"
	"path/filepath"
)

// sameCommands writes the commands by which scripts compare gonetns with ip(8), beside the
// command same for unshare(1) and nsenter(1).
func sameCommands() error {
	for name, text := range map[string]string{"same-output.pl": sameOutputPerl, "same-state.pl": sameStatePerl} {
		if err := os.WriteFile(filepath.Join(box.commands, name), []byte(text), 0o755); err != nil {
			return err
		}
	}
	if err := command("same-output.sh", sameOutput); err != nil {
		return err
	}
	return command("same-state", sameState)
}

// sameOutput is for scripts that source it. It runs a command by ip(8) and by gonetns in the
// same state, and prints where status, output or messages differ:
//
//	. same-output.sh
//
//	same WORDS       compares one command line
//	forms WORDS      the same in every form: -o, -br, -j and their combinations
//	families WORDS   the same in every form and family
//
// $ip is the original, $count the number of commands so far. gonetns finds no other ip to run
// the command, and hints are not compared. A command with another output is run again, for
// what changes with time. One process compares all outputs, which saves thousands of starts.
const sameOutput = `ip=/sbin/ip
count=0
mkdir "${0%.sh}"
cd "${0%.sh}"
mkfifo asked answer
perl "$(command -v same-output.pl)" <asked >answer &
exec 8>asked 9<answer
once() {
	/sbin/ip "$@" >want 2>want.err
	echo "status $?" >>want.err
	PATH=/nowhere "$DROPIN/ip" "$@" >got 2>got.err
	echo "status $?" >>got.err
	echo "$*" >&8
	read -r answer <&9
	[ "$answer" = same ]
}
same() {
	count=$((count + 1))
	once "$@" || once "$@" || once "$@" || {
		echo "differs: ip $*"
		diff want got
		diff want.err got.err
	}
}
forms() {
	for form in '' -o -br -j '-j -p' '-br -j' '-o -j' '-o -br'; do same $form "$@"; done
}
families() {
	for family in '' -4 -6 -0; do forms $family "$@"; done
}
`

const sameOutputPerl = `# For each command that it reads, it prints whether want and got, and want.err and got.err, are
# the same. The files are left as they were compared.
use strict;
$| = 1;
sub content { open my $file, "<", $_[0] or die "$_[0]: $!"; local $/; return <$file> // "" }
while (my $command = <STDIN>) {
	my %of = map { ($_ => content($_)) } "want", "got", "want.err", "got.err";
	$of{"got.err"} =~ s/^ip: hint: .*\n//mg;
	if (" $command" =~ / n(e|ei|eig|eigh\w*)?( |$)/) { s/"(used|confirmed|updated)": ?\d+/"$1":T/g, s{ used \d+/\d+/\d+}{ used T}g for @of{"want", "got"} }
	$of{got} =~ s/"[sd]port_mask": ?"0xffff",?\s*//g; # since 6.15
	# What later versions print is left out: who has made an address, from 6.4 on, and routes of several ways by one
	# of their devices, from 6.10 on.
	if (" $command" =~ / a\s|addr/) {
		for (@of{"want", "got"}) {
			s/^ *"protocol": "(kernel_[a-z]+|0x[0-9a-f]+)",\n//mg;
			s/ proto (kernel_[a-z]+|0x[0-9a-f]+)//g; s/"protocol":"(kernel_[a-z]+|0x[0-9a-f]+)",//g;
		}
	} elsif ($command =~ / (dev|oif) /) {
		for ($of{got}) {
			s/\{"dst":"[^"\n]*"[^{}\n]*"nexthops":\[(\{([^{}\n]|\{[^{}\n]*\})*\},?)*\]\},?//g; s/,\]$/]/mg;
			s/^.*\\\tnexthop.*\n//mg; s/^.*\n(\tnexthop.*\n)+//mg;
		}
	}
	# Lifetimes may have changed between the two.
	my $ticking = qr/(?:valid|preferred)_lft |"(?:valid|preferred)_life_time": ?|expires |"expires": ?/;
	my @want = $of{want} =~ /$ticking(\d+)/g;
	$of{got} =~ s/($ticking)(\d+)/my $n = shift @want; $1 . (defined $n && abs($n - $2) < 60 ? $n : $2)/ge;
	my $same = $of{want} eq $of{got} && $of{"want.err"} eq $of{"got.err"};
	for my $name ($same ? () : keys %of) { open my $file, ">", $name or die; print $file $of{$name} }
	print $same ? "same\n" : "different\n";
}
`

// sameState runs the lines of a file by ip(8) and by gonetns, each in namespaces of its own.
// After each line the original shows the whole state. It prints where the two differ in
// output, messages, status or state:
//
//	same-state FILE
//
// What both did is then in the files original and replacement: a line with the command, then
// "out:", "err:", "status", and "st:" with what the command has changed. gonetns finds no
// other ip to run the command.
const sameState = `if [ "$1" = -session ]; then
	# Output and states are kept in files, with a form feed in front of each command's, and
	# read at the end: thousands of processes fewer.
	t() {
		for f in words out err; do printf '\f\n' >>$f; done
		echo "$*" >>words
		PATH=/nowhere $IP "$@" >>out 2>>err
		printf '\f\nstatus %s\n' $? >>state
		case $* in *addr*:* | *'addr flush'*) settle ;; esac
		for n in '' '-n a'; do
			/sbin/ip $n -o -d -b ../show
		done >>state 2>&1
		case $* in -6*rule*) /sbin/ip -6 -d rule >>state ;; esac # no line of a batch has options
	}
	# The kernel adds the routes of an IPv6 address a moment after it.
	settle() {
		for try in 1 2 3 4 5 6 7 8 9 10; do
			/sbin/ip -6 route show table local >before
			sleep 0.1
			/sbin/ip -6 route show table local | cmp -s - before && break
		done
	}
	echo $$ >pid
	mount -t sysfs none /sys # of this namespace
	/sbin/ip netns add a
	/sbin/ip tuntap add tun9 mode tun # a device without a hardware address
	while read -r line; do
		eval "t $line"
	done <"$2"
	exit
fi
dir=$PWD/state.$1
mkdir "$dir"
printf '%s\n' link addr 'route show table all' 'neigh show nud permanent' 'neigh show proxy' rule >"$dir/show"
for who in original replacement; do
	mkdir "$dir/$who"
	IP=/sbin/ip
	[ $who = original ] || IP=$DROPIN/ip
	(cd "$dir/$who" && IP=$IP exec isolated same-state -session "$dir/../$1") &
done
wait
for who in original replacement; do perl "$(command -v same-state.pl)" "$dir/$who" >$who || exit; done
diff original replacement
`

const sameStatePerl = `# For each command its output, its status, and what it has changed of the state.
use strict;
my %of = map {
	open my $file, "<", "$ARGV[0]/$_" or die "$_: $!"; local $/;
	my ($first, @parts) = split /^\f\n/m, <$file>, -1;
	($_ => \@parts)
} "words", "out", "err", "state";
open my $file, "<", "$ARGV[0]/pid" or die; chomp(my $pid = <$file>);
my @former;
for my $n (0 .. $#{$of{words}}) {
	my ($words, $out, $err, $state) = map { $of{$_}[$n] } "words", "out", "err", "state";
	$words =~ s/\b$pid\b/PID/; $out =~ s{ used \d+/\d+/\d+}{ used T}g; $out =~ s/^(?!\z)/out: /mg; $err =~ s/^ip: hint: .*\n//mg; $err =~ s/^(?!\z)/err: /mg;
	$state =~ s/^(status .*\n)//;
	print "--- $words$out$err$1";
	# Hardware addresses are random unless they were set. The kernel sees a moment later that a link is ready.
	for ($state) {
		s/^\S+ (router )?proxy \n//mg; # without a device: it may be of a namespace that has gone
		s/.*(fe80::|ff00::).*\n//g; s/02:00:00/SET/g; s/([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}/MAC/g;
		s/NO-CARRIER,|,LOWER_UP|,M-DOWN| state [A-Z]+| linkdown| tentative| dead//g;
		s/ (valid|preferred)_lft [0-9]+sec/ $1_lft SEC/g; s/ expires -?[0-9]+sec/ expires SEC/g; s/_timer +[0-9.]+//g; s/^(?!\z)/st: /mg;
	}
	# The kernel lists neighbours in the order of a hash table.
	my @lines = split /^/m, $state;
	my @now = ((grep !/ (PERMANENT|proxy) /, @lines), sort grep / (PERMANENT|proxy) /, @lines);
	my @new = @now;
	while (@former && @now && $former[0] eq $now[0]) { shift @former; shift @now }
	while (@former && @now && $former[-1] eq $now[-1]) { pop @former; pop @now }
	print "< $_" for @former;
	print "> $_" for @now;
	@former = @new;
}
`
