#!/bin/sh
# The command line: Electron runs it as plain Node, so neither a display nor Node itself is needed.
app=/opt/Subzero
ELECTRON_RUN_AS_NODE=1 exec "$app/subzero-app" "$app/resources/app/cli.cjs" "$@"
