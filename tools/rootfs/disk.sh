#!/usr/bin/env bash
# A disk that boots by BIOS, from the shared root file system: packages and files of disk/ and of PART/ on top. Runs as
# root.
#
#   disk.sh BASE PART GIB DISK    reads the archive of base.sh, writes DISK (qcow2) of that size; works in its folder
set -euo pipefail
umask 022
here=$(dirname "$(readlink -f "$0")")
base=$1 part=$2 size_gib=$3 image=$4
work=$(dirname "$image")
root=$work/root
disk=$work/disk.raw

# The first partition starts where partitioning tools put it: 1 MiB, in sectors of 512 bytes. GRUB lives before it.
readonly start=2048

echo "unpacking the shared root file system"
mkdir "$root"
tar --extract --file="$base" --directory="$root" --numeric-owner

echo "installing packages"
for from in disk "$part"; do
  [[ ! -d $here/$from/files ]] || cp --recursive --no-preserve=mode,ownership "$here/$from/files/." "$root/"
done
cat "$here/disk/packages" "$here/$part/packages" >"$root/tmp/packages"
cp "$here/disk/inside.sh" "$root/tmp/"
cp "$here/$part/inside.sh" "$root/tmp/part.sh"
rm -f "$root/etc/resolv.conf"
cp --dereference /etc/resolv.conf "$root/etc/resolv.conf"
# Apt inside reaches the mirror by the proxy that apt outside uses.
eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
[[ -z ${http_proxy:-} ]] || export http_proxy
# What is mounted for the time ends with it, also when it is killed.
# shellcheck disable=SC2016 # the inner shell reads $1
unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" \
  sh -c 'mount --bind /dev "$1/dev" && exec chroot "$1" /bin/sh /tmp/inside.sh' sh "$root"
rm -rf "${root:?}"/tmp/* "$root/etc/resolv.conf"
ln -s ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"

echo "making the disk"
grub-mkimage --format=i386-pc --prefix='(hd0,msdos1)/boot/grub' --output="$work/core.img" \
  biosdisk part_msdos ext2 linux normal configfile echo
if (($(stat --format=%s "$work/core.img") > (start - 1) * 512)); then
  echo "GRUB does not fit before the first partition" >&2
  exit 1
fi
truncate --size="${size_gib}G" "$disk"
echo "start=$start, type=83, bootable" | sfdisk --quiet "$disk"
# The first 440 bytes are code, the rest of the sector is the partition table; the core follows at once.
dd if=/usr/lib/grub/i386-pc/boot.img of="$disk" bs=440 count=1 conv=notrunc status=none
dd if="$work/core.img" of="$disk" bs=512 seek=1 conv=notrunc status=none
mke2fs -q -t ext4 -L root -d "$root" -E "offset=$((start * 512))" "$disk" "$((size_gib * 1024 - start / 2048 - 1))M"
rm -rf --one-file-system "$root"

echo "compressing the disk"
qemu-img convert -c -o compression_type=zstd -O qcow2 "$disk" "$image"
rm "$disk" "$work/core.img"
