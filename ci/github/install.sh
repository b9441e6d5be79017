#!/usr/bin/env bash
# Installs zoom-emitter beside whatever the job has: into an environment of its own.
# PYTHON: the interpreter. VERSION: a released version; empty for the files of the action itself, pinned.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
environment="$RUNNER_TEMP/zoom-emitter"
"$PYTHON" -m venv "$environment"
commands="$environment/bin"
if [[ -d $environment/Scripts ]]; then commands="$environment/Scripts"; fi

if [[ -n ${VERSION:-} ]]; then
  "$commands/python" -m pip install --quiet --disable-pip-version-check "zoom-webhook-emitter==$VERSION"
else
  "$commands/python" -m pip install --quiet --disable-pip-version-check \
    --constraint "$root/constraints.txt" "$root"
fi
"$commands/zoom-emitter" --version
