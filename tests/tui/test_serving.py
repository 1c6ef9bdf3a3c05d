"""The terminal in a real browser: headless Chromium, spoken to by its own debugging protocol."""

import asyncio
import base64
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.cli.main import main
from workbench.tui.actions import action_named, refusal
from workbench.tui.serving import is_loopback, same_site
from workbench.tui.start import Start

PNG = b"\x89PNG\r\n\x1a\n"
WAIT_S = 60.0
BINARY = 2
"""Kind of a frame of a socket (RFC 6455, 5.2); the terminal's output comes in these."""


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture
def served(small_study, tmp_path) -> Iterator[tuple[str, Path]]:
    """The small study served read-only by a process of its own: its address, and its folder."""
    folder = tmp_path / "served"
    shutil.copytree(small_study, folder)
    port = _free_port()
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "workbench", "serve", str(folder), "--port", str(port), "--read-only"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        _await_page(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/", folder
    finally:
        process.terminate()
        process.communicate(timeout=WAIT_S)


def _await_page(url: str) -> None:
    until = time.monotonic() + WAIT_S
    while not _answers(url):
        if time.monotonic() > until:
            pytest.fail(f"{url} does not answer")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 our own address on loopback
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False


@pytest.fixture
def browser(tmp_path) -> Iterator[str]:
    """A headless Chromium: the address of its debugging socket."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    profile = tmp_path / "profile"
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0"]
    command = [program, *flags, f"--user-data-dir={profile}", "--window-size=1300,900", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _debugging_socket(profile / "DevToolsActivePort")
    finally:
        process.terminate()
        process.wait(timeout=WAIT_S)


def _debugging_socket(written: Path) -> str:
    until = time.monotonic() + WAIT_S
    while not written.exists() or "\n" not in written.read_text():
        if time.monotonic() > until:
            pytest.fail("chromium did not open its debugging port")
        time.sleep(0.05)
    port = written.read_text().split()[0]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=10) as answer:
        pages = json.load(answer)
    return str(next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page"))


class Tab:
    """One tab of the browser, and everything that the terminal wrote to it."""

    def __init__(self, link) -> None:
        self.link = link
        self.written = ""
        self.asked: list[str] = []
        self._numbers = itertools.count(1)

    async def do(self, method: str, **parameters: object) -> dict[str, object]:
        """Send one command and return its result; what arrives meanwhile is read."""
        number = next(self._numbers)
        await self.link.send_json({"id": number, "method": method, "params": parameters})
        while True:
            message = await self._next()
            if message.get("id") == number:
                return dict(message["result"])

    async def until(self, words: str) -> None:
        """Wait until the terminal has written some words."""
        self.written = ""
        async with asyncio.timeout(WAIT_S):
            while words not in self.written:
                await self._next()

    async def _next(self) -> dict[str, object]:
        message = await self.link.receive_json()
        if message.get("method") == "Network.webSocketFrameReceived":
            frame = message["params"]["response"]
            if frame["opcode"] == BINARY:
                self.written += base64.b64decode(frame["payloadData"]).decode("utf-8", "replace")
        if message.get("method") == "Network.requestWillBeSent":
            self.asked.append(message["params"]["request"]["url"])
        return message


async def test_a_click_opens_a_screen_and_nothing_is_written_or_asked_elsewhere(served, browser):
    import aiohttp

    address, folder = served
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    async with aiohttp.ClientSession() as session, session.ws_connect(browser, max_msg_size=0) as link:
        tab = Tab(link)
        await tab.do("Network.enable")
        await tab.do("Page.enable")
        await tab.do("Page.navigate", url=address)
        await tab.until("Tenants")
        box = await tab.do(
            "Runtime.evaluate",
            expression="(() => { const b = document.querySelector('.xterm-screen').getBoundingClientRect();"
            " return JSON.stringify([b.x, b.y, b.width, b.height]) })()",
        )
        x, y, _, _ = json.loads(box["result"]["value"])
        for kind in ("mousePressed", "mouseReleased"):  # "4 Topologies" stands in the second row
            await tab.do("Input.dispatchMouseEvent", type=kind, x=x + 9.6 * 35, y=y + 30, button="left", clickCount=1)
        await tab.until("Side by side")
        picture = await tab.do("Page.captureScreenshot")
        await tab.do("Input.insertText", text="e")
        await tab.until("read-only")
    assert base64.b64decode(picture["data"]).startswith(PNG)
    assert tab.asked
    assert {url for url in tab.asked if not url.startswith((address, "data:", "about:"))} == set()
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before


async def test_a_page_of_another_site_may_not_open_the_socket(served):
    import aiohttp

    address, _ = served
    async with aiohttp.ClientSession() as session:
        for origin in ("http://evil.example", "http://127.0.0.1:1", None):
            headers = {} if origin is None else {"Origin": origin}
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(address + "ws", headers=headers)
            assert refused.value.status == 403


@pytest.mark.parametrize(
    ("host", "alone"), [("127.0.0.1", True), ("localhost", True), ("::1", True), ("192.0.2.10", False), ("erp", False)]
)
def test_loopback_is_told_from_what_others_reach(host, alone):
    assert is_loopback(host) is alone


def test_an_origin_is_ours_by_address_and_port():
    assert same_site("http://127.0.0.1:8000", "127.0.0.1:8000")
    assert not same_site("http://127.0.0.1:8001", "127.0.0.1:8000")
    assert not same_site("null", "127.0.0.1:8000")


def test_an_open_address_is_warned_of_before_it_is_served(monkeypatch, small_study, capsys):
    monkeypatch.setattr("workbench.tui.serving.serve", lambda *_given, **_named: None)
    assert main(["serve", str(small_study), "--host", "192.0.2.10"]) == 0
    said = capsys.readouterr().err
    assert "nobody has to log in" in said
    assert "--read-only" in said
    assert main(["serve", str(small_study)]) == 0
    assert "log in" not in capsys.readouterr().err


def test_a_port_out_of_range_is_refused(capsys):
    assert main(["serve", "--port", "70000"]) == 2
    assert "choose 1 to 65535" in capsys.readouterr().err


async def test_what_writes_is_refused_when_read_only(opened, small_study, small_session, tmp_path):
    start = Start(small_study, state=tmp_path / "state", session=small_session, read_only=True)
    async with opened(start=start) as driver:
        for name in ("save", "collect", "export"):
            assert "read-only" in refusal(action_named(name), driver.app.situation())
        await driver.press("q")
    assert not (tmp_path / "state").exists()
