#!/bin/sh
# Kills connect and disconnect, both processes of each at once, at random instants, and
# wants one disconnect to leave nothing behind. usage: soak-kill.sh COUNT BIN
# All is done in namespaces of its own. Whoever cannot make a cgroup that kills its
# members has them die with the first process of a PID namespace.
set -eu
if [ "${3-}" != inside ]; then
	exec unshare -mn --propagation private sh "$0" "$1" "$2" inside
fi
count=$1
PATH=$2:$PATH
mount -t tmpfs none /run
here=$(mktemp -d)
group=
trap 'rm -r "$here"; [ -z "$group" ] || rmdir "$group"' EXIT
for root in /sys/fs/cgroup /sys/fs/cgroup/unified; do
	if [ -z "$group" ] && [ -e $root/cgroup.controllers ] && mkdir "$root/soak-kill.$$" 2>/dev/null; then
		group=$root/soak-kill.$$
		if [ ! -e "$group/cgroup.kill" ] || ! sh -c 'echo 0 >"$1/cgroup.procs"' - "$group" 2>/dev/null; then
			rmdir "$group" # before Linux 5.14, or a hierarchy of somebody else's
			group=
		fi
	fi
done

gonetns add a b
for n in a b; do ip -n $n link set lo up; done
cat >"$here/state" <<'END_OF_STATE'
printf '%s\n' 'link show' 'address show' 'route show' | ip -o -batch -
ip -6 route
grep . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/forwarding /proc/sys/net/ipv6/conf/*/forwarding
! command -v nft >/dev/null || nft list ruleset
END_OF_STATE
cat >"$here/kill.pl" <<'END_OF_PERL'
use strict;
use Time::HiRes qw(time sleep);
my ($here, $group, $count) = @ARGV;
my $nat = !system("command -v nft >/dev/null");
my @forms = (
	["a:x=10.0.0.1/24,fd00::1/64", "b:y=10.0.0.2/24,fd00::2/64"],
	["--bridge", "br0", "--gateway", "a:x=10.0.0.1/24,fd00::1/64", "b=10.0.0.2/24,fd00::2/64"],
	$nat ? (["--nat", "a=10.0.0.1/24,fd00::1/64", "b=10.0.0.2/24,fd00::2/64"],
		["--nat", "--bridge", "br0", "a:x=10.0.0.1/24,fd00::1/64", "b:y=10.0.0.2/24,fd00::2/64"]) : (),
);

# state is what there is in both namespaces, without what is the kernel's own affair:
# numbers, the carrier, link-local addresses.
sub state {
	my $all = join "", map { scalar `nsenter --net=/run/netns/$_ sh $here/state` } "a", "b";
	for ($all) {
		s/^\d+: //mg; s/\@if\d+//g; s/<[^>]*>//g; s/ (qdisc|state) \w+//g; s/ qlen.*//mg; s/\\ +link.ether.*//mg;
		s/^.*fe80:.*\n//mg; s/ (tentative|linkdown)//g;
	}
	return $all;
}

# start begins a gonetns that can be killed, and returns what its death is told by.
sub start {
	my $pid = fork // die;
	return $pid if $pid;
	open STDOUT, ">", "$here/out"; open STDERR, ">&", *STDOUT;
	exec "unshare", "--fork", "--pid", "--kill-child", "gonetns", @_ if $group eq "";
	open my $procs, ">", "$group/cgroup.procs" or die; print $procs $$; close $procs or die;
	exec "gonetns", @_;
}

sub slay {
	my ($pid) = @_;
	if ($group eq "") {
		kill KILL => $pid;
	} else {
		open my $kill, ">", "$group/cgroup.kill" or die; print $kill 1; close $kill or die;
	}
	waitpid $pid, 0;
	my $status = $?;
	return $status == 9 if $group eq "";
	for (1 .. 10000) { # the planner may be a moment behind
		open my $events, "<", "$group/cgroup.events" or die;
		return $status == 9 if grep /^populated 0/, <$events>;
		sleep 0.001;
	}
	die "it does not die\n";
}

sub sure { system("gonetns", @_) == 0 or die "gonetns @_: failed\n" }

sub lap { # in seconds
	my ($verb, $form) = @_;
	my $begin = time;
	waitpid start($verb, $verb eq "connect" ? @$form : ("a", "b")), 0;
	die "$verb failed\n" if $?;
	return time - $begin;
}

my ($killed, $half, $whole, $none, $bad) = (0) x 5;
my $clean = state();
for my $form (@forms) {
	my %took;
	push @{$took{$_}}, lap($_, $form) for ("connect", "disconnect") x 3;
	sure("connect", @$form);
	my $connected = state();
	sure("disconnect", "a", "b");
	state() eq $clean or die "disconnect leaves something after connect @$form\n" . state();
	for my $verb ("connect", "disconnect") {
		my $took = (sort { $a <=> $b } @{$took{$verb}})[1];
		for (1 .. $count / (2 * @forms)) {
			sure("connect", @$form) if $verb eq "disconnect";
			my $pid = start($verb, $verb eq "connect" ? @$form : ("a", "b"));
			sleep rand 1.2 * $took;
			$killed++ if slay($pid);
			my $state = state();
			$state eq $clean ? $none++ : $state eq $connected ? $whole++ : $half++;
			my $said = `gonetns disconnect a b 2>&1`;
			my $ok = $? == 0 && $said eq "" || $? && $said eq "gonetns: a and b are not connected\n" && $state eq $clean;
			my $after = state();
			next if $ok && $after eq $clean;
			$bad++;
			print "after a killed $verb (@$form): $said", $state, "disconnect leaves:\n", $after;
			sure("delete", "a", "b"); sure("add", "a", "b");
			system "ip -n $_ link set lo up" for "a", "b";
			$clean = state();
		}
	}
}
print "$killed killed: nothing done $none, all done $whole, half done $half; not taken back by one disconnect: $bad\n";
exit 1 if $bad;
END_OF_PERL
perl "$here/kill.pl" "$here" "$group" "$count"
