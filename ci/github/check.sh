#!/usr/bin/env bash
# Judges the receiver: the log for people, the summary page, annotations, and files of reports.
# The inputs of action.yml come in the environment, in capitals.
set -uo pipefail

commands="$RUNNER_TEMP/zoom-emitter/bin"
if [[ -d $RUNNER_TEMP/zoom-emitter/Scripts ]]; then commands="$RUNNER_TEMP/zoom-emitter/Scripts"; fi
annotations="$RUNNER_TEMP/zoom-emitter-annotations.txt"
: >"$annotations"

mkdir -p "$REPORTS" || exit 2
arguments=("$URL" --depth "$DEPTH"
  --report "html=$REPORTS/zoom.html" --report "junit=$REPORTS/zoom.xml" --report "json=$REPORTS/zoom.json"
  --report "markdown=$GITHUB_STEP_SUMMARY" --report "github=$annotations")
if [[ -n $START ]]; then arguments+=(--start "$START"); fi
if [[ -n $WAIT ]]; then arguments+=(--wait "$WAIT"); fi
if [[ -n $BASELINE ]]; then arguments+=(--baseline "$BASELINE"); fi
if [[ $STRICT == true ]]; then arguments+=(--strict); fi
while IFS= read -r option; do
  if [[ -n $option ]]; then arguments+=("$option"); fi
done <<<"$OPTIONS"
if [[ -n $SECRET_TOKEN ]]; then export ZOOM_WEBHOOK_SECRET_TOKEN="$SECRET_TOKEN"; fi
unset SECRET_TOKEN

# What a receiver answers is shown, and must not be taken for a command to the runner.
pause="zoom-emitter-$RANDOM$RANDOM$RANDOM"
printf '::stop-commands::%s\n' "$pause"
"$commands/zoom-emitter" check "${arguments[@]}" 2>&1
status=$?
printf '\n::%s::\n' "$pause"
cat "$annotations"

case $status in
  0 | 1) reason="" ;;
  2) reason="an input cannot be used" ;;
  3) reason="there was no connection to the receiver" ;;
  130 | 143) reason="it was interrupted" ;;
  *) reason="zoom-emitter itself failed" ;;
esac
if [[ -n $reason ]]; then
  printf '::error title=zoom-emitter check::%s (exit status %s); the log says more\n' "$reason" "$status"
  if [[ $status -ne 130 ]]; then
    printf '## zoom-emitter check\n\n❌ %s (exit status %s); the log says more.\n' "$reason" "$status" \
      >>"$GITHUB_STEP_SUMMARY"
  fi
fi
printf 'status=%s\nreports=%s\n' "$status" "$REPORTS" >>"$GITHUB_OUTPUT"
exit "$status"
