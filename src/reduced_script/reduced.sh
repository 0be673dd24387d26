#!/bin/sh
# reduced.sh DIGEST: runs the commands of one call where the cluster refuses to run the agent. docs/protocols/reduced.md
#
# DIGEST is the sha256 of the file sums, which holds those of every other file of the call. Nothing that came along is
# expanded by this shell: commands stand in files, one argument a line, and become argument vectors as they are.
set -u
export LC_ALL=C
nonce=$(printf '%.32s' "$1")
room=340000        # bytes of output in the whole answer: Azure cuts at 512 kB, without a word
most_blocks=131072 # of 512 bytes, in any file that a command writes: 64 MiB
grace=10           # seconds between SIGTERM and SIGKILL, of the 30 that a pod has
stopped=0 child='' watched=''

digest_of() {
  sha256sum <"$1" | { read -r hex _ && echo "$hex"; }
}
size_of() {
  wc -c <"$1" | tr -d ' '
}
answer() {
  printf '\nsentimark-answer begin %s bytes=%s sha256=%s\n' "$nonce" "$(size_of made/answer)" "$(digest_of made/answer)"
  cat made/answer
  printf '\nsentimark-answer end %s\n' "$nonce"
  exit 0
}
refuse() {
  printf 'refused %s\n' "$*" >made/answer
  answer
}
end_child() {
  [ -n "$child" ] || return 0
  kill -TERM "$child" 2>/dev/null
  (sleep "$grace" && kill -KILL "$child") >/dev/null 2>&1 &
}

# run ARGV-FILE INPUT OUTPUT ERRORS; its exit code in $code
run() {
  argv=$1 input=$2 output=$3 errors=$4
  set --
  while IFS= read -r argument; do set -- "$@" "$argument"; done <"$argv"
  (
    ulimit -f "$most_blocks" || :
    exec "$@"
  ) <"$input" >"$output" 2>"$errors" &
  child=$!
  [ "$stopped" = 0 ] || end_child
  watcher=
  if [ -n "$watched" ]; then
    watch_hold "$child" </dev/null >/dev/null 2>&1 &
    watcher=$!
  fi
  while :; do
    wait "$child"
    code=$?
    kill -0 "$child" 2>/dev/null || break # else a signal to us has ended the wait, not the child
  done
  child=
  [ -z "$watcher" ] || kill "$watcher" 2>/dev/null
}

# Ends the child when the record names our hold no longer, for a person has taken it away, or tells it to stop.
watch_hold() {
  helm=$1
  watched=
  while sleep 10; do
    run held.argv /dev/null made/held made/held-errors
    if [ "$code" = 0 ] && { ! grep -qF -f held.token made/held || grep -qF '"stop":true' made/held; }; then
      child=$helm
      end_child
      return
    fi
  done
}

# What is told goes through Azure's log: of a manifest all but its Secrets, and a digest that stands for them.
without_secrets() {
  whole=$(digest_of "$1")
  awk 'function flush() { if (!(secret || (list && named))) printf "%s", part; part = ""; secret = list = named = 0 }
    /^---/ { flush() }
    { part = part $0 "\n" }
    /^["\047]?kind["\047]?:[ \t]*["\047]?Secret(List)?["\047]?[ \t]*(#.*)?$/ { secret = 1 }
    /^["\047]?kind["\047]?:[ \t]*["\047]?List/ || /^[ \t]*[{[]/ { list = 1 }
    /kind["\047]?[ \t]*:[ \t]*["\047]?Secret/ { named = 1 }
    END { flush() }' "$1" >made/clean || code=$?
  if [ -s "$1" ]; then printf '# sha256:%s\n' "$whole" >>made/clean; fi
  mv made/clean "$1"
}

# tell OUTPUT ERRORS OFFSET: adds what was run last to the answer, its output from OFFSET on, as long as there is room.
tell() {
  packing=plain
  packed=$1
  if [ -n "$squeeze" ]; then
    packing=gzip
    packed=made/packed
    gzip -nc <"$1" | base64 | tr -d '\n' >made/packed
  fi
  tail -c +"$(($3 + 1))" "$packed" | head -c "$room" >made/part
  tail -c 16000 "$2" >made/end
  part=$(size_of made/part)
  room=$((room - part))
  printf 'result %s %s %s %s %s %s %s\n' "$code" "$stopped" "$packing" "$(size_of "$packed")" "$(digest_of "$packed")" \
    "$part" "$(size_of made/end)" >>made/answer
  cat made/part made/end >>made/answer
}

if ! command -v sha256sum >/dev/null 2>&1; then
  printf '\nsentimark-refused %s no-sha256sum\n' "$nonce"
  exit 0
fi
mkdir made || exit 125
[ "$(digest_of sums)" = "$1" ] || refuse damaged sums
while read -r hex name; do
  [ "$(digest_of "$name")" = "$hex" ] || refuse damaged "$name"
done <sums
[ "$(date -u +%s)" -le "$(cat not-after)" ] || refuse late

# The records that are written name the pod that writes them. A pod's host name is its own.
# shellcheck disable=SC3028 # where the shell does not set it, the environment does
pod=${HOSTNAME:-$(hostname)}
space=aks-command
account=/var/run/secrets/kubernetes.io/serviceaccount/namespace
if [ -r "$account" ]; then space=$(cat "$account"); fi
for name in "$pod" "$space"; do
  case $name in '' | *[!0-9a-z-]*) refuse name ;; esac
done
for record in record-*; do
  [ -f "$record" ] || continue
  sed "s/@sentimark-pod@/$pod/g; s/@sentimark-namespace@/$space/g" <"$record" >"made/$record"
done

squeeze=
if command -v gzip >/dev/null 2>&1 && command -v base64 >/dev/null 2>&1; then squeeze=yes; fi
: >made/answer
trap 'stopped=1; end_child' TERM
if [ -f guard.argv ]; then
  run guard.argv made/record-guard made/out made/errors
  tell made/out made/errors 0
  # The record went to somebody else, or this pod is told to go: nothing is begun.
  if [ "$code" != 0 ] || [ "$stopped" != 0 ]; then answer; fi
  watched=yes
fi
while read -r number input offset form; do
  run "step-$number.argv" "$input" "made/out-$number" made/errors
  if [ "$form" = manifest ]; then without_secrets "made/out-$number"; fi
  watched=
  tell "made/out-$number" made/errors "$offset"
done <steps
answer
