#!/bin/sh
# What is done inside the disk's root file system, in a chroot.
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

# No package may start a service here.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
apt-get update
# Files of ours in /etc stay as they are.
xargs apt-get install -y --no-install-recommends -o Dpkg::Options::=--force-confold </tmp/packages
rm /usr/sbin/policy-rc.d
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/*

# Each machine has its own identity: made at its first boot.
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id /etc/hostname
: >/etc/machine-id
echo debian >/etc/hostname
printf '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n' >/etc/hosts

systemctl enable systemd-networkd.service
# A development machine waits for none of these; an emulated one boots seconds earlier without them.
systemctl mask systemd-networkd-wait-online.service systemd-pstore.service systemd-binfmt.service \
  e2scrub_reap.service e2scrub_all.timer apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
  dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount \
  sys-fs-fuse-connections.mount modprobe@drm.service modprobe@dm_mod.service modprobe@loop.service \
  modprobe@configfs.service modprobe@fuse.service
[ ! -d /etc/update-motd.d ] || chmod -x /etc/update-motd.d/*

# What is not the same on all disks.
sh /tmp/part.sh

# What systemd makes of /usr (users, caches) is newer than /usr: no boot makes it again.
touch /etc/.updated /var/.updated
