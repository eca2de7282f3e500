#!/bin/sh
# The command line: Electron runs it as plain Node, so neither a display nor Node itself is needed.
app=$(dirname "$(readlink -f "$0")")
ELECTRON_RUN_AS_NODE=1 exec "$app/subzero-electron" "$app/resources/app/cli.cjs" "$@"
