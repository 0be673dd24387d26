"""The measuring half of scripts/bench: runs programs of ours and their peer against one emulator and prints a table.

Every figure is a median with its range; nothing here passes or fails by a figure. A run that ends otherwise than it should
ends the bench: a failure must not look fast.
"""
import argparse
import contextlib
import os
import pathlib
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/judges"))
import emulator_client  # noqa: E402


class Figures:
    """Wall and CPU in milliseconds and peak RSS in MB of several runs."""

    def __init__(self, rows):
        self.wall, self.cpu, self.rss = ([row[i] for row in rows] for i in range(3))

    def cells(self):
        return [f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"
                for values, digits in ((self.wall, 1), (self.cpu, 1), (self.rss, 1))]


def measure(tool, runs, argv, env, folder=None):
    """One run to warm the caches, then the ones that count."""
    done = subprocess.run([tool, str(runs + 1), *map(str, argv)], env=env, cwd=folder, capture_output=True, text=True, check=False)
    rows = [list(map(int, line.split())) for line in done.stdout.splitlines()]
    if done.returncode or len(rows) != runs + 1 or any(row[3] for row in rows):
        told = subprocess.run(list(map(str, argv)), env=env, cwd=folder, capture_output=True, text=True, check=False)
        raise SystemExit(f"error: {argv[0]} ended with {[row[3] for row in rows]}: {done.stderr}{told.stdout}{told.stderr}")
    return Figures([(row[0] / 1e3, row[1] / 1e3, row[2] / 1024) for row in rows[1:]])


def pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def proxy_to(port):
    """A CONNECT proxy that leads every name to the emulator, so that az needs no settings of its own."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(client):
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += client.recv(4096)
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=pump, args=(server, client), daemon=True)
            back.start()
            pump(client, server)
            back.join()

    def accept():
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


def table(head, rows):
    print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")


def sizes(bin_dir):
    program = bin_dir / "helm-private-deploy"
    static = b"\x03\x00\x00\x00" not in [entry[:4] for entry in program_headers(program.read_bytes())]
    rows = [("helm-private-deploy", f"{program.stat().st_size:,} bytes", "static" if static else "DYNAMIC")]
    rows += [(agent.name, f"{agent.stat().st_size:,} bytes", "travels deflated inside the program") for agent in sorted(bin_dir.glob("agent-*[0-9]"))]
    table(("file", "size", ""), rows)


def program_headers(elf):
    """The entries of an ELF file's program header table, little endian, 64 bits."""
    at, size, count = int.from_bytes(elf[32:40], "little"), int.from_bytes(elf[54:56], "little"), int.from_bytes(elf[56:58], "little")
    return [elf[at + i * size:at + (i + 1) * size] for i in range(count)]


def our_call(tool, client, bin_dir, runs):
    end = client.endpoint
    port = client.url.rsplit(":", 1)[1]
    env = {name: client.env[name] for name in ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SSL_CERT_FILE")}
    # Two names, as Entra and Resource Manager are two hosts: no connection is used for both.
    argv = [bin_dir / "bench-call", "--chart", ROOT / "charts/service", "--release", "prices", "--namespace", "shop", "--client-id", end["clientId"],
            "--tenant-id", end["tenantId"], "--subscription-id", end["subscriptionId"], "--resource-group", end["resourceGroup"],
            "--cluster", end["cluster"], "--authority-host", f"https://localhost:{port}", "--arm-endpoint", client.url]
    return measure(tool, runs, argv, env)


def az_calls(tool, client, folder, runs):
    """`az login` with a federated token and `az aks command invoke` with the chart, each by itself."""
    az, end = shutil.which("az"), client.endpoint
    with proxy_to(int(client.url.rsplit(":", 1)[1])) as proxy:
        env = {"PATH": os.environ["PATH"], "HOME": str(folder), "AZURE_CONFIG_DIR": str(folder / "azure"), "AZURE_CORE_COLLECT_TELEMETRY": "no",
               "HTTPS_PROXY": proxy, "REQUESTS_CA_BUNDLE": str(client.state / "ca.pem")}
        login = measure(tool, max(1, runs // 2), [az, "login", "--service-principal", "-u", end["clientId"], "--tenant", end["tenantId"], "--federated-token",
                                                  client.assertion(), "--output", "none"], env)
        invoke = measure(tool, runs, [az, "aks", "command", "invoke", "--resource-group", end["resourceGroup"], "--name", end["cluster"],
                                      "--command", "helm upgrade --install prices .", "--file", "."], env, ROOT / "charts/service")
    return login, invoke


def ratio(peer, ours, what):
    return f"{statistics.median(getattr(peer, what)) / statistics.median(getattr(ours, what)):.0f}×"


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--bin", type=pathlib.Path, required=True)
    asked.add_argument("--emulator", type=pathlib.Path, required=True)
    asked.add_argument("--runs", type=int, required=True)
    asked = asked.parse_args()
    bin_dir, tool = asked.bin.resolve(), asked.bin.resolve() / "bench-measure"
    emulator_client.PROGRAM = asked.emulator.resolve()

    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    print(f"{os.cpu_count()} × {model[1] if model else platform.machine()}, Linux {platform.release()}, medians of {asked.runs} runs (least to most), load {os.getloadavg()[0]:.1f}")
    if os.getloadavg()[0] > os.cpu_count():
        print("NOTE: this machine is busy with other work: wall times are mostly waiting; CPU and ratios of one run are what to look at.")
    sizes(bin_dir)
    head = ("what", "wall ms", "CPU ms", "peak RSS MB")
    rows = [("`helm-private-deploy --version`", *measure(tool, asked.runs, [bin_dir / "helm-private-deploy", "--version"], {}).cells())]
    ratios = []
    with tempfile.TemporaryDirectory() as folder, emulator_client.running(pathlib.Path(folder), "--instant") as client:
        ours = our_call(tool, client, bin_dir, asked.runs)
        rows.append(("one deploy call: id-token, Entra token, cluster, POST, result", *ours.cells()))
        if shutil.which("az"):
            login, invoke = az_calls(tool, client, pathlib.Path(folder), asked.runs)
            rows += [("`az login --federated-token`", *login.cells()), ("`az aks command invoke`, after that login", *invoke.cells())]
            ratios = [("`az aks command invoke` alone ÷ our call with its login", *(ratio(invoke, ours, what) for what in ("wall", "cpu", "rss")))]
            both = Figures([(sum(pair[:2]), sum(pair[2:4]), max(pair[4:])) for pair in zip(login.wall, invoke.wall, login.cpu, invoke.cpu, login.rss, invoke.rss)])
            ratios.append(("both `az` commands ÷ our call", *(ratio(both, ours, what) for what in ("wall", "cpu", "rss"))))
    table(head, rows)
    if ratios:
        table(("ratio", "wall", "CPU", "peak RSS"), ratios)
    else:
        print("\nNOTE: the peer is NOT measured: there is no az here. scripts/bench --install-peers installs Debian's azure-cli.")


if __name__ == "__main__":
    main()
