"""The terminal in a browser: one process a visitor, on loopback unless told otherwise."""

import os
import shlex
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from textual_serve.server import Server

READ_ONLY = "WORKBENCH_READ_ONLY"
"""Environment variable: when it is set, nothing may be written, neither files nor history."""
PAGE = Path(__file__).with_name("page")
"""Our page: it asks no other server for anything, unlike the library's."""


def is_loopback(host: str) -> bool:
    """Return whether an address can be reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def same_site(origin: str | None, host: str | None) -> bool:
    """Return whether a request for the screen's socket comes from our own page.

    A browser sends the page's origin with every socket it opens. Without this check any page that the user visits could open the
    socket on loopback and press keys.
    """
    if origin is None or host is None:
        return False
    return urlsplit(origin).netloc.lower() == host.lower()


def command_line(folder: Path | None) -> str:
    """Return the command that each visitor's process runs."""
    words = [sys.executable, "-m", "workbench", *([] if folder is None else [str(folder)])]
    return shlex.join(words)


def make_server(folder: Path | None, host: str, port: int) -> "Server":
    """Return a server of the terminal for a study's folder; raises ValueError if textual-serve is not installed."""
    try:
        from aiohttp import web
        from textual_serve.server import Server
    except ModuleNotFoundError as error:
        raise ValueError("serve needs the package textual-serve: pip install 'capacity-workbench[serve]'") from error

    class OwnPageOnly(Server):
        """A server whose socket answers its own page alone."""

        async def on_startup(self, app: web.Application) -> None:
            """Say nothing: the command line has said where it serves."""

        def initialize_logging(self) -> None:
            """Leave logging as it is."""

        async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
            """Start a process for a visitor."""
            if not same_site(request.headers.get("Origin"), request.headers.get("Host")):
                raise web.HTTPForbidden(text="this socket answers the page of the same address alone")
            return await super().handle_websocket(request)

    return OwnPageOnly(command_line(folder), host=host, port=port, title="capacity workbench", templates_path=PAGE)


def serve(folder: Path | None, host: str, port: int, *, read_only: bool) -> None:
    """Serve the terminal until the process is stopped."""
    if read_only:
        os.environ[READ_ONLY] = "1"
    make_server(folder, host, port).serve()
