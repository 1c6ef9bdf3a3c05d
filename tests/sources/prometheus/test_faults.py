"""Servers that are slow, broken, suspicious or unwilling: each failure has its name, and no secret shows."""

import base64
import json
import ssl
import threading
import time
from urllib.parse import parse_qs

import pytest

from workbench.sources.catalogue import load_catalogue
from workbench.sources.errors import SourceAnswer, SourceCancelled, SourceRefused, SourceUnreachable, SourceUntrusted
from workbench.sources.prometheus import PrometheusConnection, Task, Window, discover, open_server, pull
from workbench.sources.prometheus.transport import ask

EMPTY = json.dumps({"status": "success", "data": {"resultType": "matrix", "result": []}}).encode()
TASK = Task(load_catalogue().of("requests")[0], Window(0, 86_400_000))


def connection(url: str, **options: object) -> PrometheusConnection:
    return PrometheusConnection("prom-eu", url, **{"timeout_s": 0.5, "retries": 2, "backoff_s": 0.01, **options})


def fetched(url: str, **options: object) -> bytes:
    with open_server(connection(url, **options)) as server:
        return ask(server, "/api/v1/query", {"query": "up"})


def fine(_front, handler) -> None:
    handler.say(200, EMPTY)


def test_nobody_listens() -> None:
    with pytest.raises(SourceUnreachable, match=r"prom-eu: asked /api/v1/query: .*check url, network and firewall"):
        fetched("http://127.0.0.1:1")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_passes_is_tried_again(front, status, method) -> None:
    server = front(lambda front, handler: handler.say(status, b"later") if len(front.requests) < 3 else handler.say(200, EMPTY))
    assert fetched(server.url, method=method) == EMPTY
    assert [request.command for request in server.requests] == [method] * 3


def test_retries_end(front) -> None:
    server = front(lambda _, handler: handler.say(503, b"overloaded"))
    with pytest.raises(SourceUnreachable, match=r"HTTP 503 \(overloaded\); gave up after 3 tries"):
        fetched(server.url)
    assert len(server.requests) == 3


def test_what_does_not_pass_is_not_tried_again(front) -> None:
    server = front(lambda _, handler: handler.say(404, b"no such page"))
    with pytest.raises(SourceUnreachable, match="path prefix"):
        fetched(server.url)
    assert len(server.requests) == 1


def test_a_proxy_that_forbids_post_is_asked_by_get(front) -> None:
    server = front(lambda _, handler: handler.say(405 if handler.command == "POST" else 200, EMPTY))
    assert fetched(server.url) == EMPTY


def test_a_silent_server_is_left(front) -> None:
    server = front(lambda _, handler: time.sleep(0.4) or handler.say(200, EMPTY))
    with pytest.raises(SourceUnreachable, match=r"no answer within 0\.1 s"):
        fetched(server.url, timeout_s=0.1, retries=0)


def test_a_server_that_drips_is_left(front) -> None:
    def drip(_front, handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" " * 400)
            handler.wfile.flush()
            time.sleep(0.02)

    with pytest.raises(SourceUnreachable, match="no answer within"):
        fetched(front(drip).url, timeout_s=0.05, retries=0)


def test_half_an_answer_is_never_used(front) -> None:
    def half(_front, handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(EMPTY) * 2))
        handler.end_headers()
        handler.wfile.write(EMPTY)

    with pytest.raises(SourceAnswer, match="broke off"):
        fetched(front(half).url)


def test_a_redirect_is_not_followed(front) -> None:
    server = front(lambda front, handler: handler.say(302, b"", {"Location": f"{front.url}/elsewhere"}))
    with pytest.raises(SourceUnreachable, match="redirect"):
        fetched(server.url)
    with open_server(connection(server.url)) as opened, pytest.raises(SourceUnreachable, match="redirect"):
        discover(opened, load_catalogue(), 0, 1000)


@pytest.mark.parametrize("status", [401, 403])
def test_wrong_credentials_are_named_without_them(front, tmp_path, status) -> None:
    secret = tmp_path / "password"
    secret.write_text("correct horse\n")
    server = front(lambda _, handler: handler.say(status, b"bad password correct horse"))
    with pytest.raises(SourceRefused, match=f"HTTP {status}") as caught:
        fetched(server.url, username="anna", password_file=secret)
    assert "correct horse" not in str(caught.value)
    with open_server(connection(server.url, username="anna", password_file=secret)) as opened, pytest.raises(SourceRefused) as caught:
        discover(opened, load_catalogue(), 0, 1000)
    assert "correct horse" not in str(caught.value)


def test_basic_headers_and_path_prefix_are_sent(front, tmp_path, monkeypatch) -> None:
    secret = tmp_path / "password"
    secret.write_text("correct horse\n")
    monkeypatch.setenv("ORG", "plants")
    server = front(fine)
    fetched(f"{server.url}/mimir/prometheus/", username="anna", password_file=secret, headers={"X-Scope-OrgID": "$ORG", "X-Plain": "1"})
    (request,) = server.requests
    assert request.path == "/mimir/prometheus/api/v1/query"
    assert base64.b64decode(request.headers["Authorization"].split()[1]) == b"anna:correct horse"
    assert (request.headers["X-Scope-OrgID"], request.headers["X-Plain"]) == ("plants", "1")
    assert request.headers["Accept-Encoding"] == "identity"


def test_a_rotated_token_is_read_again(front, tmp_path) -> None:
    token = tmp_path / "token"
    token.write_text("old")
    server = front(lambda _, handler: handler.say(200 if handler.headers["Authorization"] == "Bearer new" else 401, EMPTY))
    with open_server(connection(server.url, bearer_file=token)) as opened:
        with pytest.raises(SourceRefused):
            ask(opened, "/api/v1/query", {"query": "up"})
        token.write_text("new\n")
        assert ask(opened, "/api/v1/query", {"query": "up"}) == EMPTY
        token.unlink()
        with pytest.raises(SourceRefused, match="bearer_file"):
            ask(opened, "/api/v1/query", {"query": "up"})


def test_a_token_that_is_rotated_while_we_ask_costs_one_more_try(front, tmp_path) -> None:
    token = tmp_path / "token"
    token.write_text("old")

    def rotating(_front, handler) -> None:
        good = handler.headers["Authorization"] == "Bearer new"
        token.write_text("new")
        handler.say(200 if good else 401, EMPTY)

    assert fetched(front(rotating).url, bearer_file=token) == EMPTY


def test_a_missing_secret_is_named_before_anything_is_sent(tmp_path) -> None:
    for options in ({"bearer_file": tmp_path / "none"}, {"headers": {"X-Scope-OrgID": "$NO_SUCH_VARIABLE"}}):
        with pytest.raises(SourceRefused, match="prom-eu"):
            open_server(connection("http://127.0.0.1:1", **options))


def test_a_proxy_is_used(front) -> None:
    proxy = front(fine)
    assert fetched("http://prometheus.invalid", proxy=proxy.url) == EMPTY
    assert proxy.requests[0].path == "http://prometheus.invalid/api/v1/query"
    with pytest.raises(SourceUnreachable, match="check proxy"):
        fetched("http://prometheus.invalid", proxy="http://127.0.0.1:1", retries=0)


def tls(file, client_ca=None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    if client_ca is not None:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.mark.servers
def test_certificates_are_checked_and_each_fault_is_named(front, certificates) -> None:
    assert fetched(front(fine, tls(certificates.server)).url, ca_file=certificates.ca) == EMPTY
    with pytest.raises(SourceUntrusted, match="certificate has expired"):
        fetched(front(fine, tls(certificates.expired)).url, ca_file=certificates.ca)
    with pytest.raises(SourceUntrusted, match="set ca_file"):
        fetched(front(fine, tls(certificates.server)).url)
    with pytest.raises(SourceUntrusted, match="another name"):
        fetched(front(fine, tls(certificates.other_name)).url, ca_file=certificates.ca)


@pytest.mark.servers
def test_a_client_certificate_opens_the_door(front, certificates) -> None:
    url = front(fine, tls(certificates.server, certificates.ca)).url
    assert fetched(url, ca_file=certificates.ca, client_cert=certificates.client) == EMPTY
    with pytest.raises(SourceUnreachable):
        fetched(url, ca_file=certificates.ca, retries=0)


def answer(**parts: object) -> bytes:
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": []}, **parts}, separators=(",", ":")).encode()


def pulled(url: str):
    with open_server(connection(url)) as server:
        return list(pull(server, [TASK]))


def test_warnings_make_an_answer_partial(front) -> None:
    (samples,) = pulled(front(lambda _, handler: handler.say(200, answer(warnings=["store eu-2 did not answer"]))).url)
    assert samples.partial
    assert samples.warnings == ("store eu-2 did not answer",)


def test_native_histograms_are_named(front) -> None:
    series = {"metric": {"__name__": "traefik_x", "service": "a"}, "histograms": [[1, {"count": "1"}]]}
    (samples,) = pulled(front(lambda _, handler: handler.say(200, answer(data={"resultType": "matrix", "result": [series]}))).url)
    assert samples.partial
    assert "scrape_classic_histograms" in samples.warnings[0]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>login</html>",
        b'{"status":"error","errorType":"bad_data","error":"parse error"}',
        b'{"status":"success"}',
        b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"],[3,"',
        b'{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"],[3,"x"]]}]}}',
        b'{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}',
        b"[]",
    ],
)
def test_an_answer_that_is_none_spoils_one_window_only(front, body) -> None:
    (samples,) = pulled(front(lambda _, handler: handler.say(200, body)).url)
    assert samples.partial
    assert samples.frame.is_empty()
    assert "the answer must be a whole Prometheus result" in samples.warnings[0]


def test_an_address_without_prometheus_is_no_empty_history(front) -> None:
    with pytest.raises(SourceUnreachable, match="HTTP 404"):
        pulled(front(lambda _, handler: handler.say(404, b"")).url)


def test_a_window_too_large_for_the_server_is_halved(front) -> None:
    def picky(_front, handler) -> None:
        seconds = int(parse_qs(handler.body.decode())["query"][0].rpartition("[")[2].rstrip("s]"))
        too_many = b'{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}'
        handler.say(422, too_many) if seconds > 50_000 else handler.say(200, EMPTY)

    server = front(picky)
    (samples,) = pulled(server.url)
    assert not samples.partial
    assert len(server.requests) == 3


def test_a_pull_can_be_stopped_while_it_waits(front) -> None:
    cancel = threading.Event()
    server = front(lambda _, handler: cancel.set() or handler.say(503, b""))
    with open_server(connection(server.url, backoff_s=60)) as opened, pytest.raises(SourceCancelled):
        list(pull(opened, [TASK], cancel))


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("http://anna:secret@host", {}, "holds a user or password"),
        ("ftp://host", {}, "must start with http"),
        ("http://host", {"username": "anna"}, "needs password_file"),
        ("http://host", {"timeout_s": 0}, "must be above 0"),
    ],
)
def test_an_impossible_connection_is_refused(url, options, said) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        PrometheusConnection("prom-eu", url, **options)
    assert "secret" not in str(caught.value)
