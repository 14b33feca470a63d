#!/usr/bin/env bash
# The root file system that the default container image and the default VM box share: a minimal Debian or
# Ubuntu with Python, made of the distribution's own packages. Runs as root.
#
#   base.sh SUITE MIRROR ARCHIVE    writes the archive (tar); works in its folder, which the caller removes
set -euo pipefail
umask 022
suite=$1 mirror=$2 archive=$3
root=$(dirname "$archive")/base

debootstrap --variant=minbase --include=python3 "$suite" "$root" "$mirror"
# What the machine that built it is called, and what can be fetched again, is not part of it.
rm -rf "${root:?}"/var/cache/apt/* "${root:?}"/var/lib/apt/lists/* "${root:?}"/var/log/* "$root/etc/hostname"
tar --create --file="$archive" --directory="$root" --numeric-owner --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' .
rm -rf --one-file-system "$root"
