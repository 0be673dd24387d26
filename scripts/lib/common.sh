# shellcheck shell=bash
# Sourced by every script: where the tree and the caches are, and how progress is told.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${SENTIMARK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sentimark}
export ROOT CACHE
mkdir -p "$CACHE"

say() { printf '%s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit "${DIE_STATUS:-1}"
}

# step TITLE COMMAND...: runs the command with its output kept aside; one line of progress, the output only on failure.
step() {
  local title=$1 log started status=0
  shift
  log=$(mktemp)
  started=$SECONDS
  printf '  %-58s' "$title" >&2
  "$@" >"$log" 2>&1 || status=$?
  if [ "$status" -eq 0 ]; then
    printf '%4ds\n' "$((SECONDS - started))" >&2
  else
    printf 'FAILED (%d)\n' "$status" >&2
    tail -n 60 "$log" >&2
  fi
  rm -f "$log"
  return "$status"
}
