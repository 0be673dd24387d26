# shellcheck shell=bash
# Processes by stored id: a line "pid start-time" for each, so that a recycled pid is never taken for ours.

start_time_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

alive() { # NAME
  local pid started
  read -r pid started 2>/dev/null <"$DIR/pids/$1" || return 1
  [ -n "$started" ] && [ "$(start_time_of "$pid")" = "$started" ]
}

# launch NAME COMMAND...: in the cluster's network namespace if it has one, its output in logs/NAME.
launch() {
  local name=$1 pid enter=()
  shift
  # nsenter, not `ip netns exec`: that one hides the cgroup mounts which the kubelet needs.
  [ -z "$NETNS" ] || enter=(nsenter --net="/var/run/netns/$NETNS" --)
  launch_outside "$name" "${enter[@]}" "$@"
}

launch_outside() {
  local name=$1 pid
  shift
  mkdir -p "$DIR/pids" "$DIR/logs"
  setsid "$@" >"$DIR/logs/$name" 2>&1 </dev/null 7>&- 8>&- 9>&- &
  pid=$!
  disown "$pid"
  note "$name" "$pid"
}

note() { printf '%s %s\n' "$2" "$(start_time_of "$2")" >"$DIR/pids/$1"; } # NAME PID

# Process ids of everything that belongs to this cluster, whether or not its id was stored: an `up` that was killed may have
# died between a start and its note.
processes_of_cluster() {
  local file pid words
  for file in "$DIR"/pids/*; do
    [ ! -f "$file" ] || ! alive "${file##*/}" || cut -d' ' -f1 "$file"
  done
  # In our network namespace, or in the cgroup that is only ours: nothing else can be there.
  if [ -n "$NETNS" ]; then
    ip netns pids "$NETNS" 2>/dev/null
    find /sys/fs/cgroup -path "*/$NETNS/*" -name cgroup.procs -exec cat {} + 2>/dev/null
  fi
  # One of the programs that we start (argv 0), told a path in our folder.
  grep -l -a -s -F "$DIR/" /proc/[0-9]*/cmdline | while read -r file; do
    mapfile -t -d '' words 2>/dev/null <"$file" || continue
    case ${words[0]:-} in
      */etcd | */kube-apiserver | */kube-controller-manager | */kube-scheduler | */kubelet | */kube-proxy | */registry | */kwok | */addons | \
        containerd | */containerd-shim-runc-v2) pid=${file#/proc/} && echo "${pid%/cmdline}" ;;
    esac
  done
  return 0
}

# The cluster's data dies with it, so nothing is asked to end: all of it is killed, until two looks in a row find nothing.
kill_everything() {
  local quiet=0 pids limit=$((SECONDS + 30))
  while [ $quiet -lt 2 ]; do
    [ "$SECONDS" -lt "$limit" ] || die "these processes of cluster $NAME do not end: ${pids[*]}"
    mapfile -t pids < <(processes_of_cluster | grep -vx "$$" | sort -un)
    if [ ${#pids[@]} -eq 0 ]; then
      quiet=$((quiet + 1))
    else
      quiet=0
      kill -KILL "${pids[@]}" 2>/dev/null || true
    fi
    sleep 0.05
  done
  rm -rf "$DIR/pids"
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
