#!/bin/sh
# What is done besides inside the root file system of the box, in a chroot.
set -eu

# Vagrant's own user, let in by Vagrant's well-known key: the driver puts the instance's key in its place.
useradd --create-home --shell /bin/bash --password '*' vagrant
chown -R vagrant:vagrant /home/vagrant
chmod 700 /home/vagrant/.ssh
chmod 600 /home/vagrant/.ssh/authorized_keys
chmod 440 /etc/sudoers.d/vagrant
chmod 755 /usr/local/sbin/grow-root /usr/local/sbin/make-host-keys
systemctl enable grow-root.service make-host-keys.service
