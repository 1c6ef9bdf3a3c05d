"""One question to a server: bounded in time, retried with back-off, every failure named."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from workbench.sources.errors import SourceAnswer, SourceCancelled, SourceError, SourceRefused, SourceUnreachable, SourceUntrusted
from workbench.sources.prometheus.session import BearerFile, Server

RETRY_STATUS = frozenset({408, 429, 500, 502, 503, 504})
"""Answers that mean "later"; Mimir, Thanos and VictoriaMetrics use them for limits and restarts too."""
LONGEST_PAUSE_S = 30.0
WHOLE_ANSWER = 10.0
"""A whole answer may take this many timeouts: a server that drips bytes must not hold us for ever."""
CHUNK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one try brought: a body, or a failure that may pass."""

    body: bytes = b""
    status: int = 200
    failure: SourceError | None = None
    pause_s: float = 0.0


def ask(server: Server, path: str, params: Mapping[str, str], cancel: threading.Event | None = None) -> bytes:
    """Return the body of a 200, 400 or 422 answer; raise a SourceError naming anything else."""
    stop = cancel or threading.Event()

    def once() -> Attempt:
        attempt = _try(server, server.connection.method, path, params, stop)
        if attempt.status in (405, 501) and server.connection.method == "POST":
            return _try(server, "GET", path, params, stop)
        if attempt.status == 401 and isinstance(server.session.auth, BearerFile):
            return _try(server, server.connection.method, path, params, stop)
        return attempt

    return retried(server, path, stop, once).body


def retried(server: Server, asked: str, cancel: threading.Event, once: Callable[[], Attempt]) -> Attempt:
    """Try until an answer comes, retries are used up, or the failure is one that does not pass; then raise it."""
    number = 0
    while True:
        if cancel.is_set():
            raise stopped(server, asked)
        attempt = once()
        if attempt.failure is None:
            return attempt
        if attempt.status not in RETRY_STATUS or number >= server.connection.retries:
            raise attempt.failure
        cancel.wait(min(LONGEST_PAUSE_S, max(attempt.pause_s, server.connection.backoff_s * 2**number)))
        number += 1


def stopped(server: Server, asked: str) -> SourceCancelled:
    """Return the error of a pull that the user stopped."""
    return SourceCancelled(server.connection.name, asked, "stopped", "a pull can be stopped at any time", "run it again to go on")


def _try(server: Server, method: str, path: str, params: Mapping[str, str], cancel: threading.Event) -> Attempt:
    silence_s = server.connection.timeout_s
    # The server gives up when we would, instead of working on for nobody.
    asked = {**params, "timeout": f"{silence_s:g}s"}
    data, query = (asked, None) if method == "POST" else (None, asked)
    try:
        with server.session.request(
            method,
            f"{server.connection.base}{path}",
            params=query,
            data=data,
            timeout=(min(10.0, silence_s), silence_s),
            verify=server.session.verify,
            stream=True,
            allow_redirects=False,
        ) as response:
            return _judged(server, path, response, _body(server, path, response, cancel))
    except requests.RequestException as error:
        return named_failure(server, path, error)
    except ReadTimeoutError as error:
        return named_failure(server, path, requests.ReadTimeout(error))
    except HTTPError as error:
        return named_failure(server, path, requests.exceptions.ChunkedEncodingError(error))
    except ValueError as error:
        return Attempt(status=401, failure=refused(server, path, str(error)))


def _body(server: Server, path: str, response: requests.Response, cancel: threading.Event) -> bytes:
    deadline = time.monotonic() + WHOLE_ANSWER * server.connection.timeout_s
    pieces: list[bytes] = []
    # read1 hands over what has come; iter_content would wait for a full chunk, past any deadline.
    while piece := response.raw.read1(CHUNK_BYTES, decode_content=True):
        if cancel.is_set():
            raise stopped(server, path)
        if time.monotonic() > deadline:
            raise requests.ReadTimeout(f"no end after {WHOLE_ANSWER * server.connection.timeout_s:g} s")
        pieces.append(piece)
    return b"".join(pieces)


def _judged(server: Server, path: str, response: requests.Response, body: bytes) -> Attempt:
    if response.status_code in (200, 400, 422):
        return Attempt(body, response.status_code)
    attempt = judged_status(server, path, response.status_code, body[:200].decode("utf-8", "replace"))
    return replace(attempt, pause_s=_retry_after_s(response))


def judged_status(server: Server, asked: str, status: int, said: str) -> Attempt:
    """Return the failure that an HTTP status stands for."""
    name, said = server.connection.name, server.clean(said[:200].strip().replace("\n", " "))
    found = f"HTTP {status}" + (f" ({said})" if said else "")
    if status in (401, 403, 407):
        return Attempt(status=status, failure=refused(server, asked, found))
    if status in RETRY_STATUS:
        rule = f"gave up after {server.connection.retries + 1} tries"
        return Attempt(
            status=status, failure=SourceUnreachable(name, asked, found, rule, "look at the server's load and limits, then run again")
        )
    fix = "check url and its path prefix" if status != 405 else "check that the proxy in front lets queries pass"
    return Attempt(status=status, failure=SourceUnreachable(name, asked, found, "a Prometheus answers 200, 400 or 422", fix))


def refused(server: Server, asked: str, found: str) -> SourceRefused:
    """Return the error of credentials that do not open the door."""
    fix = "check username and password_file, bearer_file, client_cert or headers of this source"
    return SourceRefused(server.connection.name, asked, server.clean(found), "the server wants other credentials", fix)


def _retry_after_s(response: requests.Response) -> float:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else 0.0


def named_failure(server: Server, path: str, error: requests.RequestException) -> Attempt:
    """Return an error of the HTTP library under the name of its cause."""
    name, text = server.connection.name, server.clean(str(error))
    if isinstance(error, requests.exceptions.SSLError):
        return Attempt(status=495, failure=_untrusted(name, path, text))
    if isinstance(error, (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError)):
        half = SourceAnswer(
            name, path, "the answer broke off", "half an answer is never used", "run again; if it persists look at proxies and limits"
        )
        return Attempt(status=502, failure=half)
    if isinstance(error, requests.Timeout):
        slow = f"no answer within {server.connection.timeout_s:g} s"
        return Attempt(
            status=504,
            failure=SourceUnreachable(name, path, slow, "every request has a time limit", "raise timeout_s or look at the server"),
        )
    if isinstance(error, requests.TooManyRedirects):
        moved = SourceUnreachable(name, path, "a redirect", "credentials are sent to no other address", "put the final address into url")
        return Attempt(status=302, failure=moved)
    if isinstance(error, requests.exceptions.ProxyError):
        return Attempt(status=504, failure=SourceUnreachable(name, path, f"proxy: {text}", "the proxy must connect us", "check proxy"))
    reason = text if len(text) < 300 else f"{text[:300]}…"
    return Attempt(
        status=503,
        failure=SourceUnreachable(name, path, reason, "the server must be reachable from here", "check url, network and firewall"),
    )


def _untrusted(name: str, path: str, text: str) -> SourceUntrusted:
    if "certificate has expired" in text:
        return SourceUntrusted(
            name, path, "its TLS certificate has expired", "an expired certificate proves nothing", "renew it on the server"
        )
    if "Hostname mismatch" in text or "IP address mismatch" in text or "doesn't match" in text:
        return SourceUntrusted(
            name, path, "its TLS certificate is for another name", "names must match", "use the name in the certificate in url"
        )
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return SourceUntrusted(
            name, path, "its TLS certificate is not signed by a known authority", "unknown issuers are not trusted", "set ca_file"
        )
    return SourceUntrusted(
        name, path, f"TLS failed ({text[:200]})", "the connection must be encrypted as agreed", "check url, ca_file and client_cert"
    )
