#!/bin/sh
# The contract stage: starts the receiver with a secret token of its own, judges it, stops it.
# Exit status 0 when nothing is found; 1 when something is. Reports are written either way.
cd "$(dirname "$0")" || exit 2
exec zoom-emitter check --start 'python receiver.py' /webhooks/zoom \
  --strict --report junit=zoom.xml --report html=zoom.html
