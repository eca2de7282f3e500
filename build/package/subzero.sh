#!/bin/sh
# The command line: Electron runs it as plain Node, so neither a display nor Node itself is needed. Chromium's and Electron's
# own switches are meant for the window.
app=$(dirname "$(readlink -f "$0")")
case "${1-}" in
  --inspect* | --remote-debugging-* | --no-sandbox | --user-data-dir=* | --disable-* | --enable-* | --force-* | --ozone-*)
    exec "$app/subzero-app" "$@" ;;
esac
ELECTRON_RUN_AS_NODE=1 exec "$app/subzero-electron" "$app/resources/app/cli.cjs" "$@"
