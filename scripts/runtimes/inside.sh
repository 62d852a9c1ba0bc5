#!/bin/sh
# Process 1 of a world: lays it out and runs scripts/runtimes/NAME.sh in it.
# The repository is on /mnt/repo there; /run, /tmp, /home, /root, /var/lib are empty, /etc and /opt
# are copies. The user "rt" (1000) has subordinate ids.
# usage: inside.sh NAME REPO WORK RESULTS
set -eu
name=$1
repo=$2
work=$3
results=$4

mount --make-rprivate /
# The tree first, since it may itself be below what is hidden next.
mkdir -p "$work/etc" "$work/etc.work" "$work/opt" "$work/opt.work" "$work/lib" "$work/home/rt" "$work/root"
mount -t tmpfs -o mode=755 none /mnt
mkdir /mnt/repo /mnt/scratch
mount --bind "$repo" /mnt/repo
mount --bind "$work" /mnt/scratch
cd /mnt/scratch
mount -t overlay -o "lowerdir=/etc,upperdir=$work/etc,workdir=$work/etc.work" none /etc
mount -t overlay -o "lowerdir=/opt,upperdir=$work/opt,workdir=$work/opt.work" none /opt
mount --bind "$work/lib" /var/lib
mount --bind "$work/home" /home
mount --bind "$work/root" /root
mount -t tmpfs -o mode=755 none /run
mkdir -m 755 /run/lock /run/user
mount -t tmpfs -o mode=1777 none /tmp

# The hierarchies again, as they look from the own cgroup.
kinds=$(awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) ~ /^cgroup2?$/) print $5 " " $(i + 1) " " $NF }' /proc/self/mountinfo)
umount -R /sys
mount -t sysfs none /sys
[ "$(echo "$kinds" | wc -l)" -eq 1 ] || mount -t tmpfs -o mode=755 none /sys/fs/cgroup
echo "$kinds" | while read -r dir type options; do
	mkdir -p "$dir"
	case $type in
	cgroup) mount -t cgroup -o "$(echo "$options" | sed 's/^r[wo],//; s/,release_agent=[^,]*//; s/,xattr//; s/^xattr,//')" none "$dir" ;;
	cgroup2) mount -t cgroup2 none "$dir" ;;
	esac
done
# As where systemd is, and for whom the device is everybody's.
mount --make-rshared /
mknod -m 666 /mnt/tun c 10 200
mount --bind /mnt/tun /dev/net/tun
ip link set lo up
hostname world

# Whoever has that number on the machine is not here.
for file in passwd group; do
	awk -F : '$3 != 1000' "/etc/$file" >"/tmp/$file"
	cat "/tmp/$file" >"/etc/$file"
done
printf 'rt:x:1000:1000::/home/rt:/bin/sh\n' >>/etc/passwd
printf 'rt:x:1000:\n' >>/etc/group
printf 'rt:100000:65536\n' >/etc/subuid
printf 'rt:100000:65536\n' >/etc/subgid
chown 1000:1000 /home/rt
mkdir -m 700 /run/user/1000
chown 1000:1000 /run/user/1000

export HOME=/root
export PATH=/mnt/repo/build/runtimes/bin:/mnt/repo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset XDG_RUNTIME_DIR XDG_DATA_HOME XDG_CONFIG_HOME DBUS_SESSION_BUS_ADDRESS
export RUNTIME="$name" RESULTS="/mnt/repo/${results#"$repo"/}" WORK=/mnt/scratch RUNTIMES=/mnt/repo/scripts/runtimes
cd /root
# As a child, so that process 1 stays to take in orphans.
status=0
sh "$RUNTIMES/$name.sh" || status=$?
exit "$status"
