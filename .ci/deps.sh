#!/usr/bin/env bash
# Installs what the tests need and this machine lacks, or says what to install.
set -euo pipefail

missing=()
need() { # need PACKAGE COMMAND
  command -v "$2" >/dev/null || [ -x "/usr/sbin/$2" ] || [ -x "/sbin/$2" ] || missing+=("$1")
}
need redis-server redis-server
need chromium chromium
need firefox-esr firefox-esr
need nftables nft
need iproute2 ip
need coturn turnutils_uclient # a client of TURN that is not ours
need gcc gcc # the race detector is linked with it, and a library for the encoder of the browser tests
need simple-whip-client whip-client # an encoder that is not ours, and the parts of GStreamer that it wants
part() { # part PACKAGE PLUGIN
  compgen -G "/usr/lib/*/gstreamer-1.0/libgst$2.so" >/dev/null || missing+=("$1")
}
part gstreamer1.0-plugins-base opus
part gstreamer1.0-plugins-good vpx
part gstreamer1.0-plugins-bad webrtc
part gstreamer1.0-plugins-ugly x264
part gstreamer1.0-nice nice
[ -f /usr/include/stdlib.h ] || missing+=(libc6-dev)
[ -d /usr/share/fonts/opentype/noto ] || missing+=(fonts-noto-cjk) # Korean in the pictures

if [ ${#missing[@]} -eq 0 ]; then
  echo "all there: redis-server, chromium, firefox-esr, nftables, iproute2, coturn, gcc, simple-whip-client with GStreamer, fonts-noto-cjk"
  exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "The tests need packages that are not installed. Please run as root:" >&2
  echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# The packages of redis-server and coturn would start servers of their own; the
# tests start theirs, and none of coturn's.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod +x $policy
  trap 'rm -f $policy' EXIT
fi
apt-get install -q -y --no-install-recommends "${missing[@]}"
# Only its client is wanted, also after the next start of this machine.
if [[ " ${missing[*]} " == *" coturn "* ]] && command -v systemctl >/dev/null; then
  systemctl disable --quiet coturn 2>/dev/null || true
fi
