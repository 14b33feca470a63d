# shellcheck shell=sh disable=SC2154
# Sourced by the launchers, which set `self` (their own path, links resolved) and `program`: starts
# dist/PROGRAM.js with the checkout's own Node, else with one on the PATH that is new enough.
root=${self%/*}/..
node=$root/node_modules/.bin/node

if [ ! -x "$node" ]; then
  node=$(command -v node) || node=
  if [ -z "$node" ] || ! "$node" -e 'process.exit(process.versions.node.split(".")[0] >= 22 ? 0 : 1)'; then
    echo "Groundwork needs Node 22 or newer, and this checkout is not set up." >&2
    echo "Run \`make setup\` in $(cd "$root" && pwd)." >&2
    exit 5
  fi
fi

if [ ! -f "$root/dist/launch.js" ]; then
  "$node" "$root/tools/build.mjs" >&2 || {
    echo "Run \`make setup\` in $(cd "$root" && pwd)." >&2
    exit 5
  }
fi

exec "$node" "$root/dist/launch.js" "$program" "$@"
