#!/bin/sh
exec /opt/Subzero/subzero "$@"
