"""One authenticated HTTP session per server, shared by the client library and the bulk reader."""

import ipaddress
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth

from workbench.sources.errors import SourceRefused
from workbench.sources.prometheus.connection import PrometheusConnection
from workbench.sources.secrets import expand_headers, read_secret, redact

PARALLEL = 3
"""Requests in flight; a Prometheus answers 20 at once by default and has other users."""


class NoAuth(AuthBase):
    """Sends no credentials, not even those of a ~/.netrc."""

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        """Leave the request alone."""
        return r


class BearerFile(AuthBase):
    """Sends the token a file holds at the moment of each request, since short-lived tokens are rotated in place."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the token."""
        r.headers["Authorization"] = f"Bearer {read_secret(self.path, 'bearer_file')}"
        return r


@dataclass(frozen=True, slots=True, eq=False)
class Server:
    """An open session to a server; close it, or use it in a `with` block."""

    connection: PrometheusConnection
    session: requests.Session = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    """Fixed secrets; a bearer token is read when a message is cleaned."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all sockets."""
        self.session.close()

    def clean(self, text: str) -> str:
        """Return the text without secrets."""
        tokens: tuple[str, ...] = ()
        if isinstance(self.session.auth, BearerFile) and self.session.auth.path.expanduser().is_file():
            tokens = (self.session.auth.path.expanduser().read_text(encoding="utf-8", errors="replace").strip(),)
        return redact(text, (*self.secrets, *tokens))


def open_server(connection: PrometheusConnection) -> Server:
    """Return a session with the connection's credentials; sends nothing yet. Raises SourceRefused when a secret is missing."""
    session = requests.Session()
    try:
        auth, secrets = _auth(connection)
        headers, hidden = expand_headers(connection.headers)
    except ValueError as error:
        raise SourceRefused(
            connection.name,
            "for its credentials",
            str(error),
            "credentials come from files or the environment",
            "create the file or export the variable",
        ) from error
    session.auth = auth
    session.headers.update(headers)
    session.headers["Accept-Encoding"] = _encoding(connection)
    session.headers["User-Agent"] = "capacity-workbench"
    session.verify = str(connection.ca_file.expanduser()) if connection.ca_file else True
    session.cert = _client_certificate(connection)
    # A redirect would carry extra headers to a host the user never named.
    session.max_redirects = 0
    if connection.proxy:
        session.proxies = {"http": connection.proxy, "https": connection.proxy}
        session.trust_env = False
    mount(session, connection)
    return Server(connection, session, (*secrets, *hidden))


def mount(session: requests.Session, connection: PrometheusConnection) -> None:
    """Give the session as many sockets to the server as there are requests in flight."""
    session.mount(connection.base, HTTPAdapter(pool_connections=1, pool_maxsize=PARALLEL + 1))


def _auth(connection: PrometheusConnection) -> tuple[AuthBase, tuple[str, ...]]:
    if connection.bearer_file is not None:
        read_secret(connection.bearer_file, "bearer_file")
        return BearerFile(connection.bearer_file), ()
    if connection.username is None:
        return NoAuth(), ()
    if connection.password_file is not None:
        password = read_secret(connection.password_file, "password_file")
    else:
        password = os.environ.get(connection.password_env or "", "")
        if not password:
            raise ValueError(f"password_env {connection.password_env}: is not set")
    return HTTPBasicAuth(connection.username.encode(), password.encode()), (password,)


def _client_certificate(connection: PrometheusConnection) -> str | tuple[str, str] | None:
    if connection.client_cert is None:
        return None
    certificate = str(connection.client_cert.expanduser())
    return (certificate, str(connection.client_key.expanduser())) if connection.client_key else certificate


def _encoding(connection: PrometheusConnection) -> str:
    if connection.encoding != "auto":
        return connection.encoding
    host = urlsplit(connection.url).hostname or ""
    return "identity" if not connection.proxy and _is_near(host) else "gzip"


def _is_near(host: str) -> bool:
    """Whether a host is on this machine or a private network; an unknown name counts as far."""
    try:
        addresses = {info[4][0] for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        return False
    return bool(addresses) and all(ipaddress.ip_address(str(address).partition("%")[0]).is_private for address in addresses)
