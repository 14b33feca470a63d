#!/bin/sh
# Makes the recordings of this folder again, with the vagrant on the PATH and the file of a box, and removes what it made.
#
#   BOX=~/.cache/groundwork/rootfs/box-*/*.box sh test/unit/drivers/recordings-vagrant/record.sh
#
# Afterwards bring manifest.json up to date.
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
box=${BOX:?}
site=$(mktemp -d)
export LC_ALL=C VAGRANT_CWD="$site"

clean_up() {
  vagrant destroy --force >/dev/null 2>&1 || true
  vagrant box remove recorded --force >/dev/null 2>&1 || true
  for volume in $(virsh --connect qemu:///system --quiet vol-list default | awk '/ *recorded_vagrant_box/ {print $1}'); do
    virsh --connect qemu:///system --quiet vol-delete "$volume" default
  done
  rm -rf "$site"
}
trap clean_up EXIT

# vagrantfile FILE: a machine of a box that Vagrant has not yet, without a synced folder.
vagrantfile() {
  cat >"$site/Vagrantfile" <<END
Vagrant.configure("2") do |config|
  config.vm.define "web-1a2b3c"
  config.vm.box = "recorded"
  config.vm.box_url = "file://$1"
  config.vm.synced_folder ".", "/vagrant", disabled: true
  config.vm.provision "groundwork", type: "shell", inline: "true"
  config.vm.provider :libvirt do |libvirt|
    libvirt.driver = "qemu"
    libvirt.default_prefix = ""
    libvirt.graphics_type = "none"
  end
end
END
}

# record CASE: what `vagrant up` says for machines.
record() {
  vagrant up --provider libvirt --machine-readable 2>/dev/null | sed -E -e "s#$site#/srv#g" -e "s#$box#/srv/debian.box#g" >"$folder/$1.txt" || true
}

vagrantfile /nowhere.box
record no-box
vagrantfile "$box"
record up
