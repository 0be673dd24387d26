"""helm and kubectl of the command's place with a fault in them: one call, chosen by its words and its number, goes wrong in a named way.

Every call is written down, so that a test counts the runs of helm by what was started, not by what anybody told.
"""
import contextlib
import os
import pathlib
import re
import shlex
import shutil
import tempfile

# `fails` did nothing, `lost` did its work and says that it failed. A call that waits lets the test do something to the agent.
KINDS = {
    "fails": 'echo "Error: etcdserver: request timed out" >&2; exit 1',
    "lost": '"$real" "$@" >/dev/null; echo "Error: etcdserver: request timed out" >&2; exit 1',
    "garbage": "head -c 100000 /dev/urandom; exit 0",
    "waits before": "exec sleep 3600",
    "waits after": '"$real" "$@" >/dev/null; touch "$calls/done"; exec sleep 3600',
}

# A folder is made by one process only: that is how calls beside each other are numbered.
SCRIPT = """#!/bin/sh
real={real} calls={calls}
n=1; while ! mkdir "$calls/$n" 2>/dev/null; do n=$((n + 1)); done
printf '%s' "{tool} $*" >"$calls/$n/words"
if [ -e "$calls/armed" ]; then
  case "{tool} $*" in
    {pattern})
      m=1; while ! mkdir "$calls/match$m" 2>/dev/null; do m=$((m + 1)); done
      if [ "$m" = {nth} ]; then {deed}; fi ;;
  esac
fi
exec "$real" "$@"
"""


def same_file(source, target):
    """Many megabytes, a hundred times over: linked where the file system allows it."""
    try:
        os.link(os.path.realpath(source), target)
    except OSError:
        shutil.copy(source, target)


class Tools:
    """Stand-ins for both tools in a folder that the command's user may read. They are harmless until armed."""

    def __init__(self, env, major, folder, pattern="'never'", nth=1, kind="fails"):
        self._calls, real = folder / "calls", folder / "real"
        for made, mode in ((self._calls, 0o777), (real, 0o755)):
            made.mkdir()
            made.chmod(mode)
        for tool, source in (("kubectl", env["KUBECTL"]), ("helm", env["HELM" + major])):
            same_file(source, real / tool)  # by its own name: one program may be several
            words = {"real": shlex.quote(str(real / tool)), "calls": shlex.quote(str(self._calls)), "tool": tool, "pattern": pattern, "nth": nth, "deed": KINDS[kind]}
            (folder / tool).write_text(SCRIPT.format(**words))
            (folder / tool).chmod(0o755)
        self.words = ["--kubectl", str(folder / "kubectl"), "--helm", str(folder / "helm")]

    def arm(self):
        (self._calls / "armed").touch()

    def met(self, nth=1, done=False):
        """Whether the call with this number has begun, and has done its work."""
        return (self._calls / f"match{nth}").exists() and (not done or (self._calls / "done").exists())

    def calls(self):
        """The words of every call, in the order of their starts."""
        numbered = sorted((int(path.name), path / "words") for path in self._calls.iterdir() if path.name.isdigit())
        return [words.read_text() for _, words in numbered if words.exists()]

    def tries(self, operation):
        """The tries of an operation for which helm was started to upgrade, one for each start."""
        found = [re.search(rf"sentimark {operation}/([0-9]+)", call) for call in self.calls() if call.startswith("helm upgrade")]
        return [int(match[1]) for match in found if match]


@contextlib.contextmanager
def tools(env, major, *fault):
    with tempfile.TemporaryDirectory(prefix="sentimark-tools-") as folder:
        pathlib.Path(folder).chmod(0o755)
        yield Tools(env, major, pathlib.Path(folder), *fault)
