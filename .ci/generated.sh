#!/usr/bin/env bash
# Generates again whatever is generated, and fails when the result differs from
# what is in the tree.
set -euo pipefail
cd "$(dirname "$0")/.."

files=$(
  find static/src -name '*.gen.*'
  grep -rl --include='*.go' '^// Code generated .* DO NOT EDIT\.$' cmd rooms signaling static/*.go || true
)
if [ -z "$files" ]; then
  echo "no generated file was found, although the client's types are one" >&2
  exit 1
fi
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
for f in $files; do
  mkdir -p "$before/$(dirname "$f")"
  cp "$f" "$before/$f"
done
make --no-print-directory types >/dev/null
status=0
for f in $files; do
  if ! diff -u "$before/$f" "$f"; then
    echo "$f differs from what the generator writes: run 'make types' and commit the result" >&2
    status=1
  fi
done
[ $status -eq 0 ] && echo "unchanged: $(echo $files)"
exit $status
