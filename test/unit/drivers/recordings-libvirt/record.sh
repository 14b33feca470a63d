#!/bin/sh
# Makes the recordings of this folder again, with the virsh on the PATH and the system's libvirt, as root. The machine is
# one that `vagrantp up` made, with an address of its own (IP_ADDRESS), and runs; it is shut off at the end. What is made
# besides is removed.
#
#   MACHINE=name sh test/unit/drivers/recordings-libvirt/record.sh
#
# Afterwards bring manifest.json up to date.
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
machine=${MACHINE:?}
export LC_ALL=C LIBVIRT_DEFAULT_URI=qemu:///system
site=$(mktemp -d)

clean_up() {
  virsh --quiet undefine gw-recording >/dev/null 2>&1 || true
  rm -rf "$site"
}
trap clean_up EXIT

uuid=$(virsh domuuid "$machine" | tr -d '\n')
networks=$(virsh --quiet domiflist "$uuid" | awk '{print $3}')
bridge=$(echo "$networks" | grep bridge)
network=$(echo "$networks" | grep -v bridge)

# Names and paths are those of the machine's project; what is secret is not there.
scrub() {
  sed -E -e "s#$network#groundwork-web-1a2b3c-10-192-7#g" -e "s#$machine#web-1a2b3c#g" -e "s#$site#/srv#g" \
    -e 's#("projectDirectory":")[^"]*#\1/srv/web#' \
    -e 's#(groundwork\.host("|&quot;):("|&quot;))[0-9a-f]+#\10123456789ab#' -e 's#gw-recording#recorded#g'
}

# describe CASE DOMAIN: what is asked of a machine, by one process.
describe() {
  virsh --quiet "dumpxml $2; domstate $2; domblkinfo $2 vda" 2>/dev/null | scrub >"$folder/$1.txt" || true
}

# complain CASE COMMAND...: what a command that fails says on its standard error.
complain() {
  case=$1
  shift
  if "$@" 2>"$site/complaint" >/dev/null; then
    echo "$* did not fail" >&2
    exit 1
  fi
  scrub <"$site/complaint" >"$folder/$case.txt"
}

# domain MEBIBYTES: a description by hand, without a disk or an interface.
domain() {
  echo "<domain type='qemu'><name>gw-recording</name><memory unit='MiB'>$1</memory><os><type>hvm</type></os></domain>" \
    >"$site/domain.xml"
  echo "$site/domain.xml"
}

describe running "$uuid"
virsh --quiet net-dumpxml "$network" | scrub >"$folder/stack-network.xml"
virsh --quiet net-dumpxml "$bridge" | scrub >"$folder/bridge.xml"
virsh --quiet pool-dumpxml default >"$folder/pool.xml"
virsh --quiet suspend "$uuid"
describe paused "$uuid"
virsh --quiet resume "$uuid"
complain domain-active virsh --quiet start "$uuid"
complain network-active virsh --quiet net-start "$network"
entry=$(virsh --quiet net-dumpxml "$network" | grep '<host mac' | tr -d '\n' | sed 's/^ *//')
complain address-taken virsh --quiet net-update "$network" add-last ip-dhcp-host "$entry" --live
base=$(virsh --quiet net-dumpxml "$network" | sed -nE "s/.*<ip address='([0-9.]+)\.1'.*/\1/p")
entry="<host ip='$base.100'><hostname>cache</hostname></host>"
virsh --quiet net-update "$network" add-last dns-host "$entry" --live
virsh --quiet net-dumpxml "$network" | scrub >"$folder/mixed-network.xml"
complain name-taken virsh --quiet net-update "$network" add-last dns-host "$entry" --live
virsh --quiet net-update "$network" delete dns-host "$entry" --live
virsh --quiet destroy "$uuid"
describe stopped "$uuid"

virsh --quiet define "$(domain 16)"
describe by-hand gw-recording
virsh --quiet undefine gw-recording
virsh --quiet define "$(domain 100000000)"
complain no-memory virsh --quiet start gw-recording
sed -i 's#<name>#<uuid>11111111-2222-4333-8444-555555555555</uuid><name>#' "$site/domain.xml"
complain name-in-use virsh --quiet define "$site/domain.xml"

complain no-domain virsh --quiet dumpxml gw-recording-nowhere
complain no-network virsh --quiet net-dumpxml gw-recording-nowhere
complain no-pool virsh --quiet pool-dumpxml gw-recording-nowhere
complain no-socket virsh --quiet --connect "qemu+unix:///system?socket=/nowhere" list
chmod 700 "$site"
complain denied su -s /bin/sh nobody -c "HOME=/ virsh --quiet --connect 'qemu+unix:///system?socket=$site/sock' list"
