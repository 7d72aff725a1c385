#!/usr/bin/env bash
# Runs the browser tests in a network and process namespace of their own: server,
# Redis, browsers and the runner. Firefox never pairs a 127.0.0.1 candidate, so
# the namespace has one more address for the media; pages are still served from
# 127.0.0.1, which browsers take for a secure place. Nothing leaves the namespace,
# and whatever is left running ends with it.
#
#   static/e2e/run.sh [arguments of vitest]
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" != "--inside" ]; then
  # People made of Pion, for tests with more rooms than browsers would fit.
  (cd .. && CGO_ENABLED=0 go build -trimpath -buildvcs=false -o bin/crowd ./signaling/signaltest/crowd/run)
  flags=(--net --pid --fork --kill-child --mount --mount-proc)
  [ "$(id -u)" -eq 0 ] || flags+=(--user --map-root-user)
  exec unshare "${flags[@]}" "$PWD/e2e/run.sh" --inside "$@"
fi
shift

export PATH="$PATH:/usr/sbin:/sbin"
# Chromium looks its network cards up in /sys, which must be this namespace's.
mount -t sysfs sysfs /sys
ip link set lo up
ip link add media type veth peer name media-peer
ip link set media up
ip link set media-peer up
ip address add 10.77.0.1/24 dev media
ip route add default via 10.77.0.254 dev media

export SANGDAM_E2E_ADDRESS=10.77.0.1
# No exec: as process 1 of the namespace this shell takes in orphaned browsers.
node_modules/.bin/vitest run --config e2e/vitest.config.ts "$@"
