"""A page in headless Chromium, driven over its DevTools line: scripts, a finger's swipe, what a test of access finds.

Chrome DevTools Protocol: https://chromedevtools.github.io/devtools-protocol/
"""

import base64
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"),
)
PATIENCE_S = 60.0


class Page:
    """`complaints` are what the console said, but for what the browser itself does."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._sent = 0
        self._session: str | None = None
        self.complaints: list[str] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._ask(f"{domain}.enable")

    def open(self, page: Path, width: int, height: int = 900, *, dark: bool = False, finger: bool = False) -> None:
        """Show the page as on a screen of that size; a `finger` in place of a mouse."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=finger)
        self._ask("Emulation.setTouchEmulationEnabled", enabled=finger)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[scheme])
        self._ask("Page.navigate", url=page.as_uri())
        self.run("new Promise((done) => document.readyState === 'complete' ? done() : addEventListener('load', done))")
        self.settle()

    def settle(self) -> None:
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def run(self, script: str) -> Any:
        """The value of an expression, or what it promises; AssertionError where it throws."""
        told = self._ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def swipe_up(self, x: float, y: float, by: float) -> None:
        """A finger put down at (x, y), and moved up by so many pixels."""
        for kind, moved in [("touchStart", 0.0), *(("touchMove", by * step / 10) for step in range(1, 11))]:
            self._ask("Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": x, "y": y - moved}])
            self.settle()
        self._ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        self.settle()

    def pdf(self) -> bytes:
        told = self._ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(told["data"])

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        session = {} if self._session is None else {"sessionId": self._session}
        self._line.send(json.dumps({"id": self._sent, "method": method, "params": parameters, **session}))
        while True:
            message = json.loads(self._line.recv(timeout=PATIENCE_S))
            if message.get("id") == self._sent:
                assert "error" not in message, message["error"]
                result: dict[str, Any] = message["result"]
                return result
            if message.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"):
                self.complaints.append(json.dumps(message["params"]))


@contextmanager
def browser_page(chromium: str, scratch: Path) -> Iterator[Page]:
    """A page in a browser of its own, whose profile is in `scratch`."""
    command = [chromium, *FLAGS, f"--user-data-dir={scratch / 'browser'}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            with connect(_listening(process), max_size=None) as line:
                yield Page(line)
        finally:
            process.terminate()


def _listening(process: subprocess.Popen[str]) -> str:
    """Where the browser listens, as it says among its first lines."""
    assert process.stderr is not None
    for said in process.stderr:
        if said.startswith("DevTools listening on "):
            return said.split()[-1]
    raise AssertionError("Chromium does not listen")
