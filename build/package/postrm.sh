#!/bin/sh
# Virtual machines belong to their users: neither removing nor purging the package touches them.
set -e
if command -v update-mime-database >/dev/null; then update-mime-database /usr/share/mime || true; fi
if command -v update-desktop-database >/dev/null; then update-desktop-database /usr/share/applications || true; fi
