"""The load half of scripts/bench: what a request costs in CPU, beside the least that it can cost and beside wrk, against one server; and how
well the plan of an open model is kept. Figures, never a test."""
import argparse
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import tempfile

CONNECTIONS, SECONDS, RATE = 50, 3, 5_000


def cpu_of(argv):
    """Standard output of the program and the CPU seconds, user and system, that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"error: {argv[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def floor(bin_dir, port, _):
    out, cpu = cpu_of([bin_dir / "bench-floor", "load", port, CONNECTIONS, SECONDS])
    return cpu / int(out)


def wrk(_, port, __):
    out, cpu = cpu_of(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", f"http://127.0.0.1:{port}/"])
    return cpu / int(next(line.split()[0] for line in out.splitlines() if "requests in" in line))


def ours(bin_dir, port, file):
    out, cpu = cpu_of([bin_dir / "verify", "load", file, "--users", CONNECTIONS, "--duration", f"{SECONDS}s", "--warm-up", "0s", "--max-late", "100%",
                       "--threshold", "errors<1%", "--format", "json"])
    return cpu / json.loads(out)["arrivals"]["finished"]


def kept(bin_dir, file):
    out, cpu = cpu_of([bin_dir / "verify", "load", file, "--rate", RATE, "--duration", f"{SECONDS}s", "--warm-up", "1s", "--max-late", "100%",
                       "--threshold", "errors<1%", "--format", "json"])
    told = json.loads(out)
    return told["generator"]["within_1_ms"], cpu / (SECONDS + 1)


def cells(values, factor, digits):
    return f"{statistics.median(values) * factor:.{digits}f} ({min(values) * factor:.{digits}f} to {max(values) * factor:.{digits}f})"


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--bin", type=pathlib.Path, required=True)
    asked.add_argument("--runs", type=int, required=True)
    asked = asked.parse_args()
    ways = {"bare epoll loop": floor, "`verify load`": ours} | ({"wrk": wrk} if shutil.which("wrk") else {})
    with tempfile.TemporaryDirectory() as folder, subprocess.Popen([asked.bin / "bench-floor", "serve"], stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(server.stdout.readline())
            file = pathlib.Path(folder) / "get.hurl"
            file.write_text(f"GET http://127.0.0.1:{port}/\nHTTP 200\n")
            # In turn, so that what else the machine does meets them all.
            rows = [{name: way(asked.bin, port, file) for name, way in ways.items()} for _ in range(asked.runs)]
            plans = [kept(asked.bin, file) for _ in range(asked.runs)]
        finally:
            server.kill()
    print(f"\n| load, {CONNECTIONS} connections, medians of {asked.runs} runs | CPU µs a request | ÷ bare loop |\n|---|---|---|")
    for name in ways:
        print(f"| {name} | {cells([row[name] for row in rows], 1e6, 2)} | {cells([row[name] / row['bare epoll loop'] for row in rows], 1, 2)} |")
    print(f"\n| open model, {RATE} a second | |\n|---|---|")
    print(f"| begun within 1 ms of the plan | {cells([share for share, _ in plans], 100, 2)} % |")
    print(f"| CPU | {cells([cpu for _, cpu in plans], 100, 1)} % of one processor |")
    if "wrk" not in ways:
        print("\nwrk is not installed: its row is left out (scripts/bench --install-peers)")
    if os.getloadavg()[0] > os.cpu_count():
        print("\nNOTE: this machine is busy with other work: how well a plan is kept says more of that than of the program.")


if __name__ == "__main__":
    main()
