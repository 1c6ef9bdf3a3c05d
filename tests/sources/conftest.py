"""Faulty HTTP servers and certificates: what no healthy server can be made to do."""

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

Reply = Callable[["Front", "FrontHandler"], None]


class Front(ThreadingHTTPServer):
    """An HTTP server in a thread that answers as a test tells it: for what no healthy server can be made to do."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, reply: Reply, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), FrontHandler)
        self.reply = reply
        self.requests: list[FrontHandler] = []
        self.scheme = "http"
        if context is not None:
            self.scheme, self.socket = "https", context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what these tests are about."""


class FrontHandler(BaseHTTPRequestHandler):
    """Hands each request to the test's reply."""

    server: Front
    body = b""

    def answer(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append(self)
        self.server.reply(self.server, self)

    do_GET = do_POST = answer  # noqa: N815 - the names that http.server calls

    def say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def front() -> Iterator[Callable[..., Front]]:
    """Start HTTP servers that answer as told; all end with the test."""
    started: list[Front] = []

    def start(reply: Reply, context: ssl.SSLContext | None = None) -> Front:
        server = Front(reply, context)
        started.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return server

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


AUTHORITY = """
[ca]
default_ca = d
[d]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = p
unique_subject = no
[p]
commonName = supplied
"""


@dataclass(frozen=True, slots=True)
class Certificates:
    """PEM files: an authority, and certificates it signed for 127.0.0.1."""

    ca: Path
    server: Path
    expired: Path
    client: Path
    other_name: Path


@pytest.fixture(scope="session")
def certificates(servers, binary) -> Certificates:
    """Make an authority and its certificates; each file holds certificate and key."""
    openssl, folder = binary("openssl"), servers.new_folder("tls")

    def run(*arguments: str) -> None:
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True)

    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    run("req", "-x509", *curve, "-days", "2", "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.pem")
    (folder / "ca.cnf").write_text(AUTHORITY)
    (folder / "index").touch()
    (folder / "serial").write_text("01")
    now = datetime.now(UTC)
    dates = {name: (now - timedelta(days=2), now + timedelta(days=2)) for name in ("server", "client", "other")}
    dates["expired"] = (now - timedelta(days=20), now - timedelta(days=10))
    for name, (start, end) in dates.items():
        subject = "example.org" if name == "other" else "127.0.0.1"
        (folder / "ext").write_text(f"subjectAltName={'DNS' if name == 'other' else 'IP'}:{subject}\n")
        run("req", *curve, "-subj", f"/CN={subject}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        period = ("-startdate", f"{start:%Y%m%d%H%M%SZ}", "-enddate", f"{end:%Y%m%d%H%M%SZ}")
        signing = ("-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-extfile", "ext")
        run("ca", *signing, *period, "-in", f"{name}.csr", "-out", f"{name}.crt")
        (folder / f"{name}.pem").write_bytes((folder / f"{name}.crt").read_bytes() + (folder / f"{name}.key").read_bytes())
    return Certificates(*(folder / f"{name}.pem" for name in ("ca", "server", "expired", "client", "other")))
