#!/bin/sh
# Makes the recordings of this folder again, with the docker on the PATH and its daemon, and removes what it made.
#
#   IMAGE=localhost/groundwork/debian-python:12 sh test/unit/drivers/recordings-docker/record.sh
#
# Paths of this machine are replaced. Afterwards bring manifest.json up to date.
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
image=$IMAGE
image_id=$(docker image inspect --format '{{.Id}}' "$image")
root=$(docker info --format '{{.DockerRootDir}}')
site=$(mktemp -d)

clean_up() {
  docker rm --force gw-recording gw-recording-other gw-recording-program >/dev/null 2>&1
  docker volume rm --force gw-recording-cache >/dev/null
  rm -rf "$site"
}
trap clean_up EXIT

scrub() {
  sed -E -e "s#$site#/srv/site#g" -e "s#$(dirname "$root")/[a-z]+#/docker#g" -e 's/gw-recording/recorded/g'
}

# complain CASE COMMAND...: what a command that fails says on its standard error.
complain() {
  case=$1
  shift
  if "$@" 2>"$folder/$case.raw" >/dev/null; then
    echo "$* did not fail" >&2
    exit 1
  fi
  scrub <"$folder/$case.raw" | sed -E -e 's/[0-9a-f]{64}/<id>/g' -e 's/lookup .*/lookup <resolver>/' -e 's,https://[^/]+,https://<registry>,' >"$folder/$case.txt"
  rm "$folder/$case.raw"
}

printf 'GREETING=hello\nTOKEN=made-up\n' | docker create --init --name gw-recording --hostname web \
  --memory 512m --cpus 1.5 --label groundwork.host=0123456789ab --label groundwork.stack=recorded \
  --label groundwork.id=web --label "groundwork.image=$image" --label "groundwork.made-from=$image_id" \
  --label 'groundwork.command=["sleep","600"]' --label 'groundwork.effective-command=["sleep","600"]' \
  --label groundwork.environment=GREETING,TOKEN --env-file /dev/stdin \
  --publish 127.0.0.1:28109:80/tcp --publish 0.0.0.0:28110:53/udp \
  --mount "type=bind,source=$site,target=/srv,readonly" --volume gw-recording-cache:/var/cache/app \
  --volume /var/lib/data "$image_id" sleep 600 >/dev/null
docker start gw-recording >/dev/null
docker container inspect gw-recording | scrub >"$folder/running.json"
docker update --memory 640m --memory-swap 1280m --cpus 0.75 gw-recording >/dev/null
docker container inspect gw-recording | scrub >"$folder/updated.json"
docker pause gw-recording >/dev/null
docker container inspect gw-recording | scrub >"$folder/paused.json"
docker unpause gw-recording >/dev/null

complain one-missing docker container inspect gw-recording gw-nowhere
complain name-in-use docker create --name gw-recording "$image"
docker create --name gw-recording-other --publish 127.0.0.1:28109:80 "$image" >/dev/null
complain port-in-use docker start gw-recording-other
docker create --name gw-recording-program "$image" nowhere >/dev/null
complain program-missing docker start gw-recording-program
complain mount-missing docker create --mount type=bind,source=/nowhere,target=/srv "$image"
complain image-missing docker image inspect localhost/nowhere:1
complain no-registry docker pull --quiet docker.io/library/nowhere:1
complain no-connection docker --host unix:///nowhere.sock ps
