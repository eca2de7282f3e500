#!/bin/sh
# The window. Chromium refuses its sandbox to root, who would otherwise see nothing at all.
app=$(dirname "$(readlink -f "$0")")
if [ "$(id -u)" = 0 ] && [ -z "$ELECTRON_RUN_AS_NODE" ]; then set -- --no-sandbox "$@"; fi
exec "$app/subzero-electron" "$@"
