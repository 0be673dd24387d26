# shellcheck shell=bash
# Processes by stored id: a line "pid start-time" for each, so that a recycled pid is never taken for ours.

start_time_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

alive() { # NAME
  local pid started
  read -r pid started 2>/dev/null <"$DIR/pids/$1" || return 1
  [ -n "$started" ] && [ "$(start_time_of "$pid")" = "$started" ]
}

# launch NAME COMMAND...: in the cluster's network namespace, its output in logs/NAME.
launch() {
  local name=$1 pid
  shift
  mkdir -p "$DIR/pids" "$DIR/logs"
  # nsenter, not `ip netns exec`: that one hides the cgroup mounts which the kubelet needs.
  setsid nsenter --net="/var/run/netns/$NETNS" -- "$@" >"$DIR/logs/$name" 2>&1 </dev/null 7>&- 8>&- 9>&- &
  pid=$!
  disown "$pid"
  printf '%s %s\n' "$pid" "$(start_time_of "$pid")" >"$DIR/pids/$name"
}

# end NAME SECONDS: asks, waits, insists.
end() {
  local pid
  alive "$1" || { rm -f "$DIR/pids/$1"; return 0; }
  read -r pid _ <"$DIR/pids/$1"
  kill -TERM "$pid" 2>/dev/null || true
  for _ in $(seq 1 "$(($2 * 10))"); do
    alive "$1" || break
    sleep 0.1
  done
  alive "$1" && kill -KILL "$pid" 2>/dev/null
  while alive "$1"; do sleep 0.05; done
  rm -f "$DIR/pids/$1"
}

# until_true SECONDS WHAT COMMAND...: polls; on failure says what did not come and shows the log of that name if there is one.
until_true() {
  local limit=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$limit" ]; then
      say "error: $what did not come"
      tail -n 15 "$DIR"/logs/* >&2
      return 1
    fi
    sleep 0.2
  done
}
