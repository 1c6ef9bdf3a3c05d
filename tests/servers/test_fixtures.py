"""The servers that tests stand on are what they claim to be."""

import os
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("version", [15, 16, 18])
def test_postgres_is_of_its_version_and_not_run_by_root(postgres_server, version) -> None:
    server = postgres_server(version)
    assert postgres_server(version) is server
    with psycopg.connect(server.dsn()) as opened:
        assert opened.info.server_version // 10_000 == version
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0


def test_a_missing_server_fails_in_ci_and_is_skipped_elsewhere(binary, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    for answer, outcome in (("true", pytest.fail.Exception), ("", pytest.skip.Exception)):
        monkeypatch.setenv("CI", answer)
        with pytest.raises(outcome, match="apt-get install redis-server"):
            binary("redis-server")


def test_servers_listen_on_loopback_only(redis_server, prometheus_server) -> None:
    for server in (redis_server, prometheus_server()):
        assert server.address.startswith("127.0.0.1:")
        os.kill(server.pid, 0)
