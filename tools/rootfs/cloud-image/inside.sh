#!/bin/sh
# What is done besides inside the root file system of the cloud image, in a chroot.
set -eu

# As cloud images have it, but that cloud-init looks for a seed alone, makes no RSA key, which takes an emulated machine
# many seconds, and no locale, which is not there.
printf 'datasource_list: [ NoCloud, None ]\n' >/etc/cloud/cloud.cfg.d/90_dpkg.cfg
printf 'locale: false\nssh_genkeytypes: [ecdsa, ed25519]\n' >/etc/cloud/cloud.cfg.d/91_small.cfg
