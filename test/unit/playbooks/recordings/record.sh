#!/bin/sh
# Makes the recordings of one version again, with the ansible-playbook on the PATH.
#
#   sh test/unit/playbooks/recordings/record.sh
#
# Paths of this machine are replaced. Afterwards bring manifest.json up to date.
set -eu

version=$(ansible-playbook --version | sed -n '1s/.*core \(.*\)\]/\1/p')
folder=$(cd "$(dirname "$0")" && pwd)/$version
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder"
cd "$work"
export LC_ALL=C.UTF-8 ANSIBLE_NOCOLOR=1 HOME="$work/home"

# record CASE [OPTION...]: what --syntax-check says of the playbook on standard input.
record() {
  case=$1
  shift
  cat > site.yml
  if ansible-playbook --syntax-check -i web, "$@" site.yml > said 2>&1; then
    echo "$case: it was accepted" >&2
    exit 1
  fi
  sed -e "s#$work#/srv/playbooks#g" said > "$folder/$case.txt"
}

printf -- '- hosts: all\n  tasks:\n    - name: say\n      debug: msg="x\n   - bad\n' | record not-yaml
printf -- '- hosts: all\n  tasks:\n    - name: say\n      nomodule: {}\n' | record unknown-module
printf -- '- hosts: all\n  roles: [nope]\n' | record missing-role
printf 'just text\n' | record no-list
printf -- '- hosts: all\n  tasks:\n    - import_tasks: gone.yml\n' | record missing-file
printf '{bad: [}\n' > vars.yml
printf -- '- hosts: all\n  tasks: []\n' | record vars-not-yaml -e @vars.yml
