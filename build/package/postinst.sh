#!/bin/sh
# Chromium's sandbox for systems without unprivileged user namespaces: its helper must belong to root and be set-uid.
set -e
chown root:root '/opt/Subzero/chrome-sandbox'
chmod 4755 '/opt/Subzero/chrome-sandbox'
if command -v update-mime-database >/dev/null; then update-mime-database /usr/share/mime || true; fi
if command -v update-desktop-database >/dev/null; then update-desktop-database /usr/share/applications || true; fi
