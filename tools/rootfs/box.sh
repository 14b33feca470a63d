#!/usr/bin/env bash
# The default VM box for libvirt: a disk (disk.sh) in Vagrant's archive. Runs as root.
#
#   box.sh BASE BOX    reads the archive of base.sh, writes the box
set -euo pipefail
umask 022
here=$(dirname "$(readlink -f "$0")")
base=$1 box=$2
work=$(dirname "$box")

# The disk as the box carries it. An instance's is larger; the file system grows to it at boot (grow-root.service).
readonly size_gib=2
bash "$here/disk.sh" "$base" box "$size_gib" "$work/box.img"

echo "packing the box"
printf '{"provider":"libvirt","format":"qcow2","virtual_size":%d}\n' "$size_gib" >"$work/metadata.json"
cp "$here/box/Vagrantfile" "$work/Vagrantfile"
tar --create --use-compress-program='gzip -1' --file="$box" --directory="$work" ./metadata.json ./Vagrantfile ./box.img
rm "$work"/metadata.json "$work"/Vagrantfile "$work"/box.img
