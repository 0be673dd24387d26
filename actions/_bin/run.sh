#!/bin/sh
# run.sh PROGRAM: the one step of every action. Finds the program, checks it against release.lock, becomes it (exec, so that
# the runner's signals reach it). Runs on machines with a POSIX sh and coreutils or busybox only; never touches the network.
set -eu
program=$1
here=$(cd "$(dirname "$0")" && pwd)
lock=$here/release.lock

# Data for a workflow command: one line, and no escape sequence of its own making.
escaped() { printf '%s' "$1" | tr '\r\n' '  ' | LC_ALL=C sed 's/%/%25/g'; }

# fail WORD CODE CAUSE CURE: one annotation, the outputs that a later step may ask for, the exit code of docs/exit-codes.md.
fail() {
  printf '::error title=%s::%s. %s\n' "$program" "$(escaped "$3")" "$(escaped "$4")"
  if [ -n "${GITHUB_OUTPUT:-}" ]; then
    printf 'status<<SENTIMARK_END\n%s\nSENTIMARK_END\nexit-reason<<SENTIMARK_END\n%s\nSENTIMARK_END\n' "$1" \
      "$(printf '%s: %s' "$1" "$3" | tr '\r\n' '  ')" >>"$GITHUB_OUTPUT"
  fi
  exit "$2"
}

sha256_of() {
  for tool in 'sha256sum' 'shasum -a 256' 'openssl dgst -sha256 -r'; do
    # shellcheck disable=SC2086  # the words of the list above
    if command -v "${tool%% *}" >/dev/null; then $tool <"$1" | cut -d' ' -f1; return; fi
  done
}

system=$(uname -s | tr '[:upper:]' '[:lower:]')
case $(uname -m) in
  amd64) machine=x86_64 ;;
  arm64) machine=aarch64 ;;
  *) machine=$(uname -m) ;;
esac
target=$program-$system-$machine
version=$(sed -n 's/^version //p' "$lock")

folder=${SENTIMARK_INPUT_BIN_DIR:-}
allow=${SENTIMARK_INPUT_ALLOW_UNLOCKED:-}
case $allow in
  true | false | '') ;;
  *) fail usage 2 "Input allow-unlocked is '$allow'" "Use true or false." ;;
esac
[ -n "$folder" ] || fail config 3 "This commit ($version) has no released $program to fetch" \
  "Build it (cmake --preset release && cmake --build --preset release) and pass its folder as bin-dir, with allow-unlocked: true."
case $folder in
  /*) ;;
  *) folder=${GITHUB_WORKSPACE:-$PWD}/$folder ;;
esac
file=$folder/$program
[ -d "$folder" ] || fail usage 2 "Input bin-dir names a folder that is not there: $folder" \
  "Let an earlier step of this job put $program there; a relative path starts at the workspace."
[ -f "$file" ] || fail usage 2 "The folder of input bin-dir holds no $program: $folder" "Let an earlier step of this job put $program there."
[ -x "$file" ] || fail usage 2 "$file may not be executed" \
  "Add a step 'chmod +x' before this one: artifacts and many archives drop that permission."

expected=$(awk -v name="$target" '$3 == name { print $1 }' "$lock")
actual=$(sha256_of "$file")
[ -n "$actual" ] || fail config 3 "The SHA-256 of $file cannot be computed" "Make it readable, and install coreutils, perl or openssl."
if [ -n "$expected" ]; then
  [ "$actual" = "$expected" ] || [ "$allow" = true ] || fail refused 7 "$file is not the $target of release $version: its SHA-256 is $actual, release.lock says $expected" \
    "Take the file of that release, or set allow-unlocked: true to run one of your own."
elif [ "$allow" != true ]; then
  fail refused 7 "release.lock ($version) lists no $target, so nothing vouches for $file (SHA-256 $actual)" \
    "Set allow-unlocked: true to run it all the same."
fi
unset SENTIMARK_INPUT_BIN_DIR SENTIMARK_INPUT_ALLOW_UNLOCKED
# What could make a program load or run code that nobody hashed.
unset BASH_ENV ENV LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT
"$file" --version </dev/null >/dev/null 2>&1 || fail config 3 "$file does not run on this machine ($system $machine)" \
  "Take the one that was built for it."
[ "$actual" = "$expected" ] || printf '::notice title=%s::Running %s, which release.lock does not vouch for (allow-unlocked). SHA-256 %s\n' \
  "$program" "$(escaped "$file")" "$actual"
exec "$file"
