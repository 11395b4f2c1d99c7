#!/usr/bin/env bash
# The steps of action.yml. Needs Node.js 20 or newer, and the variables of action.yml.
set -euo pipefail

thermocline() { npx --yes --package="$PACKAGE" thermocline "$@"; }
lines() { printf '%s\n' "$1" | sed -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' -e '/^$/d'; }
mapfile -t functions < <(lines "$FUNCTIONS")

# npx ends with 1 as well if it cannot install the package: that must not be taken for a regression.
if ! thermocline --version >/dev/null; then
  echo '::error::The command line of Thermocline cannot be installed: see the log above' >&2
  exit 3
fi

case "$STEP" in
marker)
  arguments=(--commit "$GITHUB_SHA" --author "$GITHUB_ACTOR" --link "$COMMIT_LINK")
  # A workflow may deploy several groups of functions: each has a marker of its own, once for each attempt of the run.
  digest=$(printf '%s' "$FUNCTIONS $FUNCTION_VERSION" | sha256sum | cut -c1-12)
  arguments+=(--id "github-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT-$digest")
  [ -z "$FUNCTION_VERSION" ] || arguments+=(--function-version "$FUNCTION_VERSION")
  # One option for each name: what begins with - is a name as well.
  for name in "${functions[@]}"; do arguments+=("--function=$name"); done
  thermocline deploy-marker "${arguments[@]}"
  ;;
gate)
  if [ "${#functions[@]}" -eq 0 ]; then
    echo '::error::functions: expected at least one name or id' >&2
    exit 1
  fi
  limits=()
  while read -r limit; do limits+=(--max-regression "$limit"); done < <(lines "$MAX_REGRESSION")
  [ -z "$WAIT" ] || limits+=(--wait "$WAIT")
  outcome=fine
  for name in "${functions[@]}"; do
    code=0
    # What follows -- is a name, whatever it begins with.
    thermocline gate --since-deploy --commit "$GITHUB_SHA" "${limits[@]}" --format markdown -- "$name" >>"$GITHUB_STEP_SUMMARY" || code=$?
    case "$code" in
    0) ;;
    1) outcome=worse ;;
    2) [ "$outcome" = worse ] || outcome=open ;;
    *)
      echo "::error::No decision about $name" >&2
      exit "$code"
      ;;
    esac
  done
  echo "outcome=$outcome" >>"$GITHUB_OUTPUT"
  if [ "$outcome" = worse ]; then
    echo '::error::The deployment made a function worse: see the summary of this run' >&2
    exit 1
  fi
  ;;
*)
  echo "::error::step: expected marker or gate, not $STEP" >&2
  exit 1
  ;;
esac
