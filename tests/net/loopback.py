"""Throw-away certificates, hostile TLS servers and a CONNECT proxy on loopback, and our client as a child process."""
import contextlib
import json
import os
import pathlib
import socket
import ssl
import struct
import subprocess
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLIENT = pathlib.Path(os.environ.get("SENTIMARK_BIN", ROOT / "build/dev/bin")) / "http_client"


class Authority:
    """A certificate authority in a folder, and the server certificates it signs."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._key("ca")
        self._openssl("req", "-x509", "-key", "ca.key", "-out", "ca.pem", "-subj", "/CN=throw-away CA", "-days", "2",
                      "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
        self.file = str(folder / "ca.pem")
        hashed = folder / "hashed"
        hashed.mkdir()
        name = self._openssl("x509", "-in", "ca.pem", "-noout", "-hash").strip()
        (hashed / f"{name}.0").write_bytes((folder / "ca.pem").read_bytes())
        self.hashed = str(hashed)

    def server(self, name="server", names="DNS:localhost,IP:127.0.0.1", start=None, end=None):
        """Path of a PEM file with key and chain."""
        self._key(name)
        self._openssl("req", "-new", "-key", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (self.folder / f"{name}.ext").write_text(f"subjectAltName={names}\n")
        (self.folder / "index.txt").write_text("")
        (self.folder / "ca.cnf").write_text(
            "[ca]\ndefault_ca=x\n[x]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\npolicy=any\ndefault_md=sha256\n"
            "unique_subject=no\n[any]\ncommonName=supplied\n")
        dates = ["-startdate", start, "-enddate", end] if start else ["-days", "2"]
        self._openssl("ca", "-batch", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", f"{name}.csr",
                      "-out", f"{name}.pem", "-notext", "-extfile", f"{name}.ext", *dates)
        both = self.folder / f"{name}.both.pem"
        both.write_bytes((self.folder / f"{name}.key").read_bytes() + (self.folder / f"{name}.pem").read_bytes())
        return str(both)

    def _key(self, name):
        self._openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")

    def _openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True, text=True,
                              env={"PATH": os.environ["PATH"]}).stdout


def read_request(connection):
    """One HTTP/1.1 request as (method, target, headers, body); None when the other side has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = [tuple(line.split(": ", 1)) if ": " in line else (line.rstrip(":"), "") for line in lines]
    length = int(dict((name.lower(), value) for name, value in headers).get("content-length", 0))
    while len(body) < length:
        more = connection.recv(65536)
        if not more:
            return None
        body += more
    method, target, _ = first.split(" ")
    return method, target, headers, body


def reset(connection):
    """Ends the connection with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())


class Server:
    """Accepts on loopback; `behave(server, connection)` plays each connection in a thread of its own."""

    def __init__(self, behave, context=None):
        self.behave, self.context = behave, context
        self.requests, self.connections = [], 0
        self.over = threading.Event()  # set when the test ends: what hangs may go
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._play, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _play(self, connection):
        with contextlib.suppress(OSError):  # a client that hangs up is part of many tests
            connection.settimeout(30)
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
            self.behave(self, connection)
        with contextlib.suppress(OSError):
            connection.close()

    def read(self, connection):
        request = read_request(connection)
        if request is not None:
            self.requests.append(request)
        return request

    def close(self):
        self.over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()


def authority(folder):
    """One whose `pem` serves localhost."""
    made = Authority(folder)
    made.pem = made.server()
    return made


@contextlib.contextmanager
def serving():
    """Starts servers, by Server's arguments, that end with the block."""
    with contextlib.ExitStack() as ends:
        def start(behave, context=None):
            server = Server(behave, context)
            ends.callback(server.close)
            return server
        yield start


def tls(pem, highest=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    if highest is not None:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = highest
    return context


def answering(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"):
    """Answers every request of a connection with these bytes; raw may be a function of the request."""
    def behave(server, connection):
        while (request := server.read(connection)) is not None:
            connection.sendall(raw(request) if callable(raw) else raw)
    return behave


def tunnelling(target_port, refusal=None):
    """A CONNECT proxy that leads every host to one port of this machine."""
    def copy(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def behave(server, connection):
        server.read(connection)
        if refusal:
            connection.sendall(refusal)
            return
        with socket.create_connection(("127.0.0.1", target_port)) as target:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=copy, args=(target, connection))
            back.start()
            copy(connection, target)
            back.join()
    return behave


class Client:
    """Our client, started with a script; `stop()` asks it to stop, `answers()` waits for what it says."""

    def __init__(self, folder, trust, *requests, env=None, machine=(), **options):
        script = folder / "script.json"
        script.write_text(json.dumps(trust | options | {"requests": list(requests)}))
        self.out = folder / "answers.json"
        with open(self.out, "wb") as out:
            self.child = subprocess.Popen([*machine, CLIENT, script], stdin=subprocess.PIPE, stdout=out, env={"PATH": os.environ["PATH"]} | (env or {}))

    def stop(self, reached):
        """Once the server was reached and the client sleeps: the stop must be what wakes it."""
        assert reached.wait(30)
        looks = 0
        while looks < 20 and self.child.poll() is None:
            state = pathlib.Path(f"/proc/{self.child.pid}/stat").read_text().rpartition(")")[2].split()[0]
            looks = looks + 1 if state == "S" else 0
            os.sched_yield()
        self.child.stdin.write(b".")
        self.child.stdin.flush()

    def answers(self):
        try:
            self.child.wait(50)  # less than any wait of its own; standard input stays open meanwhile: its end would be a stop
        finally:
            self.child.kill()
            self.child.wait()
            self.child.stdin.close()
        assert self.child.returncode == 0
        return json.loads(self.out.read_text(encoding="utf-8"))


def get(server, path="/", **more):
    return {"url": f"https://localhost:{server.port}{path}"} | more


def post(server, path="/", body="{}", **more):
    return get(server, path, method="POST", body=body, **more)


def is_error(answer, kind, code):
    assert (answer.get("kind"), answer.get("code")) == (kind, code), answer
    return True


class Names:
    """A DNS server on loopback that knows some names, and files that make a machine ask it."""

    def __init__(self, folder, addresses, silent=False):
        self.asked, self._addresses, self._silent = [], addresses, silent
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        address = f"127.53.{os.getpid() % 250}.{os.getpid() // 250 % 250 + 1}"  # c-ares takes no port from resolv.conf: one address for each test run
        self._socket.bind((address, 53))
        self.hosts, self.resolv = folder / "hosts", folder / "resolv.conf"
        self.hosts.write_text("")
        self.resolv.write_text(f"nameserver {address}\n")
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        while True:
            query, sender = self._socket.recvfrom(4096)
            if query == b"end":
                return
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += 1 + query[at]
            name, kind = ".".join(labels), struct.unpack(">H", query[at + 1:at + 3])[0]
            self.asked.append(name)
            if self._silent:
                continue
            address = self._addresses.get(name)
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(address) if address and kind == 1 else b""
            head = query[:2] + struct.pack(">HHHHH", 0x8180 if address else 0x8183, 1, bool(answer), 0, 0)
            self._socket.sendto(head + query[12:at + 5] + answer, sender)

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            knock.sendto(b"end", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def machine(self):
        """The start of a command line that sees these files as its /etc/hosts and /etc/resolv.conf."""
        root = [] if os.geteuid() == 0 else ["--map-root-user"]
        return ["unshare", "--mount", *root, "sh", "-ec", 'mount --bind "$1" /etc/hosts; mount --bind "$2" /etc/resolv.conf; shift 2; exec "$@"',
                "sh", self.hosts, self.resolv]
