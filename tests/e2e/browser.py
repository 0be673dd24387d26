"""A real browser that shows one page and tells what it did: Chromium by its DevTools protocol over a pipe, so that no port is open."""
import json
import os
import pathlib
import subprocess

NEED = pathlib.Path(__file__).resolve().parents[2] / "scripts/lib/need"
SPOKEN = {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Page.javascriptDialogOpening"}


class Browser:
    def __init__(self, folder):
        program = subprocess.run([NEED, "browser"], capture_output=True, text=True, check=True).stdout.strip()
        ours, theirs = os.pipe(), os.pipe()
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe", f"--user-data-dir={folder}"]
        self._child = subprocess.Popen(["bash", "-c", f'exec "$@" 3<&{ours[0]} 4>&{theirs[1]}', "bash", program, *flags], pass_fds=(ours[0], theirs[1]),
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(ours[0])
        os.close(theirs[1])
        self._to, self._from = os.fdopen(ours[1], "wb"), os.fdopen(theirs[0], "rb")
        self._rest, self._last, self._events = b"", 0, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._to.close()
        self._from.close()
        self._child.kill()
        self._child.wait()

    def _message(self):
        while b"\0" not in self._rest:
            more = self._from.read1(65536)
            assert more, "the browser has ended"
            self._rest += more
        text, self._rest = self._rest.split(b"\0", 1)
        return json.loads(text)

    def _ask(self, method, session=None, **parameters):
        self._last += 1
        call = {"id": self._last, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        self._to.write(json.dumps(call).encode() + b"\0")
        self._to.flush()
        while (message := self._message()).get("id") != self._last:
            self._events.append(message)
        assert "error" not in message, message
        return message["result"]

    def show(self, file):
        """Opens the file; what the page is, what it asked the network for, and what its console said."""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._ask(f"{domain}.enable", session)
        self._events.clear()
        self._ask("Page.navigate", session, url=f"file://{file}")
        while not any(one["method"] == "Page.loadEventFired" for one in self._events):
            self._events.append(self._message())
        return Page(lambda script: self._ask("Runtime.evaluate", session, expression=script, returnByValue=True)["result"].get("value"),
                    [one["params"]["request"]["url"] for one in self._events if one["method"] == "Network.requestWillBeSent"],
                    [one for one in self._events if one["method"] in SPOKEN])


class Page:
    def __init__(self, value, requests, spoken):
        self.value, self.requests, self.spoken = value, requests, spoken
