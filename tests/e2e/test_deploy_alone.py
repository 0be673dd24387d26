"""The program alone: it speaks to nobody but the addresses that it was given, and needs nothing of the machine that it runs on.

Rows: HE-01 (no other endpoint), B-01 (a root with nothing else in it).
"""
import contextlib
import ctypes
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import threading

import pytest

from lab import PROGRAM, ROOT, SERVICE, Job

NEW_NETWORK = 0x40000000  # CLONE_NEWNET


def sh(*words, data=None):
    return subprocess.run([str(word) for word in words], input=data, check=True, capture_output=True, text=True).stdout


def pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class OwnNetwork:
    """A network namespace with a default route to nowhere, nothing on its loopback but a way to the emulator, and a counter of all else that goes out."""

    def __init__(self, name, port):
        self.name, self.port, self.listeners = name, port, []
        self.wrapper = [shutil.which("nsenter"), f"--net=/run/netns/{name}"]

    def __enter__(self):
        subprocess.run([ROOT / "scripts/lib/apt", "nftables", "iproute2"], check=True, capture_output=True)
        sh("ip", "netns", "add", self.name)
        try:
            self.open()
        except BaseException:
            self.__exit__()
            raise
        return self

    def open(self):
        for words in ("link set lo up", "link add out type veth peer name away", "link set away up", "addr add 192.0.2.2/24 dev out", "addr add 2001:db8::2/64 dev out nodad",
                      "link set out up", "route add default via 192.0.2.1", "-6 route add default via 2001:db8::1"):
            sh("ip", "-n", self.name, *words.split())
        # Only what a process sends: the kernel's own greetings of neighbours have no socket of anybody.
        self.inside("nft", "-f", "-", data=f"""table inet watch {{
          counter others {{ }}
          chain out {{
            type filter hook output priority 0; policy accept;
            oifname "lo" tcp dport {self.port} accept
            oifname "lo" tcp sport {self.port} accept
            meta skuid 0-4294967294 counter name others
          }}
        }}""")
        opener = threading.Thread(target=self.listen)  # a thread has a network of its own
        opener.start()
        opener.join()
        for listener in self.listeners:
            threading.Thread(target=self.accept, args=[listener], daemon=True).start()

    def listen(self):
        with open(f"/run/netns/{self.name}", "rb") as file:
            assert ctypes.CDLL(None, use_errno=True).setns(file.fileno(), NEW_NETWORK) == 0
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            listener = socket.socket(family)
            listener.bind((address, self.port))
            listener.listen()
            self.listeners.append(listener)

    def accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self.port))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    def inside(self, *words, data=None):
        return sh(*self.wrapper, *words, data=data)

    def others(self):
        """Packets to anybody else since the last call."""
        found = json.loads(self.inside("nft", "-j", "reset", "counters"))["nftables"]
        return [row["counter"]["packets"] for row in found if "counter" in row][0]

    def __exit__(self, *_):
        for listener in self.listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        sh("ip", "netns", "del", self.name)


def test_no_other_endpoint_is_spoken_to(lab):
    with lab.world() as world, OwnNetwork(world.namespace, int(world.client.url.rsplit(":", 1)[1])) as network:
        chart = lab.chart()
        network.others()
        world.deploy(chart, wrapper=network.wrapper).ended("succeeded")
        world.deploy(lab.chart({"bad.yaml": "{{ fail \"no\" }}"}), wrapper=network.wrapper).ended("config")
        assert network.others() == 0 and len(world.posts()) == 2
        # The counter does count: a proxy takes the program elsewhere, as would a request or a question to a name server.
        elsewhere = world.deploy(chart, {"timeout": "5s"}, wrapper=network.wrapper, env={"HTTPS_PROXY": "http://192.0.2.9:3128"})
        assert elsewhere.code != 0 and network.others() > 0
        for planted in ("socket(AF_INET, SOCK_STREAM).connect_ex", "socket(AF_INET6, SOCK_STREAM).connect_ex", "socket(AF_INET, SOCK_DGRAM).connect_ex"):
            address = ("2001:db8::9", 443) if "INET6" in planted else ("192.0.2.9", 53)
            network.inside(sys.executable, "-c", f"from socket import *; setdefaulttimeout(0.2); s = {planted[:planted.index('.')]}; s.settimeout(0.2); s.connect_ex({address}); s.type == SOCK_DGRAM and s.send(b'x')")
            assert network.others() > 0, planted
        assert network.others() == 0


def libraries(program):
    """What a program that is not static needs beside it: its loader and its shared libraries."""
    if b"/lib64/ld-linux" not in program.read_bytes()[:4096]:
        return []
    words = [word for line in sh("ldd", program).splitlines() for word in line.split() if word.startswith("/")]
    return [pathlib.Path(word) for word in words]


@pytest.mark.parametrize("program", [PROGRAM, *[path for path in [ROOT / "build/release/bin/helm-private-deploy"] if path.exists() and path != PROGRAM]],
                         ids=lambda path: path.parent.parent.name)
def test_a_root_with_nothing_but_the_program(lab, program):
    """B-01. A static program is all by itself there; one that is not has its libraries beside it, and still no shell and no tool."""
    root = lab.folder()
    with lab.world(pods=True) as world:
        (root / "etc/ssl/certs").mkdir(parents=True)
        for name in ("resolv.conf", "hosts"):
            (root / "etc" / name).write_text(pathlib.Path("/etc", name).read_text())
        shutil.copy(world.client.state / "ca.pem", root / "etc/ssl/certs/ca-certificates.crt")
        shutil.copy(program, root / "program")
        beside = libraries(program)
        for library in beside:
            (root / str(library.parent)[1:]).mkdir(parents=True, exist_ok=True)
            shutil.copy(library, root / str(library)[1:])
        job = Job(root / "job", {name: value for name, value in world.env.items() if name != "SSL_CERT_FILE"}, [shutil.which("chroot"), str(root)])
        job.env = {name: value.replace(str(root), "") for name, value in job.env.items()}
        shutil.copytree(SERVICE, root / "job/chart")
        shutil.copy(lab.values(), root / "job/values.yaml")
        done = job.start(world.inputs | {"chart": "/job/chart", "values": "/job/values.yaml"}, program="/program").finish().ended("succeeded")
        assert world.image() == [lab.kube.env["REGISTRY"] + "/sample:1.0.0"] and done.outputs["summary-file"].startswith("/job/temp/")
        assert len(world.posts()) == 1
        there = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file() and "job" not in path.parts}
        assert there == {"program", "etc/resolv.conf", "etc/hosts", "etc/ssl/certs/ca-certificates.crt"} | {str(library)[1:] for library in beside}
