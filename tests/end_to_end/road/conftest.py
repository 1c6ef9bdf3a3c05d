"""The real servers of the road, and the command line as a user types it."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import requests
from psycopg import sql

ROOT = Path(__file__).resolve().parents[3]
GIVEN = Path(__file__).with_name("study")
SESSION_TTL_S = 604_800
SESSION_PAYLOAD_BYTES = 413
"""What a session of Odoo's web client holds, serialised."""
LEAST_SESSIONS = 300
ORDERS_PER_USER_DAY = 0.5


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a command said."""

    code: int
    out: str
    err: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Shell:
    """A user's shell: a home of its own, and the connection services of psql."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "XDG_", "COV_"))}
        own = {"HOME": self.home, "PGSERVICEFILE": self.home / "pg_service.conf", "PYTHONPATH": ROOT, "PYTHONWARNINGS": "error"}
        return {**inherited, **{key: str(value) for key, value in own.items()}}

    def start(self, *arguments: str | Path) -> "subprocess.Popen[str]":
        """Start the program and return at once."""
        command = [sys.executable, "-m", "workbench", *map(str, arguments)]
        return subprocess.Popen(
            command,
            cwd=self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str | Path, timeout_s: float = 120.0) -> Spoken:
        """Run the program to its end."""
        begin = time.monotonic()
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return Spoken(process.returncode, out, err, time.monotonic() - begin)


@pytest.fixture(scope="session")
def shell(tmp_path_factory) -> Shell:
    """Return a shell whose home is empty."""
    return Shell(tmp_path_factory.mktemp("home"))


@dataclass(frozen=True, slots=True)
class Erp:
    """A PostgreSQL server with one Odoo-like database a tenant."""

    server: object
    orders: dict[str, dict[str, int]]
    """Tenant to UTC day to orders planted."""

    def open(self, tenant: str) -> psycopg.Connection:
        return psycopg.connect(self.server.dsn(f"{tenant}_prod"))

    def work(self, tenant: str, transactions: int) -> None:
        """Do what users do: in each transaction a new order, a change of stock and a look."""
        with self.open(tenant) as opened:
            for number in range(transactions):
                opened.execute("insert into sale_order (create_date, customer, amount) values (now(), %s, %s)", (number, number * 1.5))
                opened.execute("update product set stock = stock - 1 where id = %s", (number % 50 + 1,))
                opened.execute("select sum(amount) from sale_order where customer = %s", (number,)).fetchone()
                opened.commit()


@pytest.fixture(scope="session")
def erp(postgres_server, truth, shell) -> Iterator[Erp]:
    """Fill PostgreSQL with the tenants' databases, and name it in the shell's connection services."""
    server = postgres_server(15, used_by="the road")
    orders: dict[str, dict[str, int]] = {}
    with psycopg.connect(server.dsn(), autocommit=True) as opened:
        opened.execute("create role road_reader login in role pg_monitor")
        opened.execute("create role road_stranger login password 'open sesame'")
        for tenant in truth.tenants:
            opened.execute(sql.SQL("create database {}").format(sql.Identifier(f"{tenant.name}_prod")))
    for tenant in truth.tenants:
        with psycopg.connect(server.dsn(f"{tenant.name}_prod")) as opened:
            orders[tenant.name] = fill(opened, truth, round(ORDERS_PER_USER_DAY * tenant.users))
    hba = server.folder / "data" / "pg_hba.conf"
    before = hba.read_text()
    hba.write_text("host all road_stranger 127.0.0.1/32 scram-sha-256\n" + before)
    services = {"erp": ("road_reader", server.port, ""), "erp-wrong": ("road_stranger", server.port, "password=not this\n")}
    services["erp-dead"] = ("road_reader", unused_port(), "")
    text = "\n".join(
        f"[{name}]\nhost=127.0.0.1\nport={port}\nuser={user}\ndbname=postgres\n{extra}" for name, (user, port, extra) in services.items()
    )
    (shell.home / "pg_service.conf").write_text(text)
    with psycopg.connect(server.dsn(), autocommit=True) as opened:
        opened.execute("select pg_reload_conf()")
    yield Erp(server, orders)
    hba.write_text(before)
    with psycopg.connect(server.dsn(), autocommit=True) as opened:
        for tenant in truth.tenants:
            opened.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(f"{tenant.name}_prod")))
        opened.execute("drop role road_reader")
        opened.execute("drop role road_stranger")


def fill(opened: psycopg.Connection, truth, per_day: int) -> dict[str, int]:
    """Make the tables and the orders of the planted period; return the orders of each day."""
    opened.execute("create table sale_order (id serial primary key, create_date timestamp not null, customer int, amount numeric)")
    opened.execute("create index on sale_order (customer)")
    opened.execute("create table product (id int primary key, stock int)")
    opened.execute("insert into product select number, 1000 from generate_series(1, 50) number")
    opened.execute("grant select on sale_order to road_reader")
    for table in ("sale_order", "product"):
        # Its own writes would be counted beside those of the users.
        opened.execute(sql.SQL("alter table {} set (autovacuum_enabled = off)").format(sql.Identifier(table)))
    counts: dict[str, int] = {}
    for number in range((truth.end - truth.start).days):
        day = truth.start + timedelta(days=number)
        counts[f"{day:%Y-%m-%d}"] = count = per_day // (1 if day.weekday() < 5 else 4) + number % 3
        opened.execute(
            "insert into sale_order (create_date, customer, amount)"
            " select %s + n * interval '61 seconds', n, 10 from generate_series(1, %s) n",
            (day.replace(tzinfo=None), count),
        )
    return counts


def unused_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def sessions(redis_server, truth) -> Iterator[dict[str, int]]:
    """Put users' sessions with a time to live into Redis; yield how many each tenant has."""
    counts = {tenant.name: LEAST_SESSIONS + tenant.users for tenant in truth.tenants}
    payload = "x" * SESSION_PAYLOAD_BYTES
    keys = [f"session:{name}:{secrets.token_hex(20)}" for name, count in counts.items() for _ in range(count)]
    redis_say(redis_server, (("SET", key, payload, "EX", str(SESSION_TTL_S)) for key in keys))
    yield counts
    redis_say(redis_server, (("DEL", key) for key in keys))


def redis_say(server, commands: Iterable[tuple[str, ...]]) -> bytes:
    """Send commands in Redis' own protocol and return all replies."""
    parts = [b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word.encode()) for word in words) for words in commands]
    host, _, port = server.address.rpartition(":")
    with socket.create_connection((host, int(port))) as opened:
        opened.sendall(b"".join([*parts, b"*1\r\n$4\r\nQUIT\r\n"]))
        replies = bytearray()
        while chunk := opened.recv(65_536):
            replies += chunk
    assert replies.count(b"+OK") + replies.count(b":") == len(parts) + 1, bytes(replies[-200:])
    return bytes(replies)


@dataclass(frozen=True, slots=True)
class Monitoring:
    """A Prometheus with the planted past, scraping real exporters now."""

    url: str
    exporter_pids: tuple[int, ...]

    def newest(self, query: str) -> dict[tuple[tuple[str, str], ...], float]:
        """Return what an instant query answers now."""
        answer = requests.get(f"{self.url}/api/v1/query", params={"query": query}, timeout=10).json()
        return {tuple(sorted(one["metric"].items())): float(one["value"][1]) for one in answer["data"]["result"]}


@pytest.fixture(scope="session")
def monitoring(servers, binary, exporter, truth, erp, sessions, redis_server) -> Monitoring:
    """Make the planted past into blocks and start everything that measures."""
    patterns = ",".join(f"db0=session:{name}:*" for name in sessions)
    database = {"DATA_SOURCE_NAME": f"postgresql://road_reader@127.0.0.1:{erp.server.port}/postgres?sslmode=disable"}
    targets = {
        "db-1:9187": exporter("postgres", env=database),
        "cache-1:9121": exporter("redis", ["--redis.addr", f"redis://{redis_server.address}", "--count-keys", patterns]),
        "db-1:9100": exporter("node"),
    }
    folder = servers.new_folder("prometheus")
    (folder / "input").write_text(truth.exposition())
    make = ["tsdb", "create-blocks-from", "--max-block-duration=744h", "openmetrics", "input", "data"]
    subprocess.run([binary("promtool"), *make], cwd=folder, check=True, capture_output=True)
    (folder / "input").unlink()
    entries = "".join(f"\n  - targets: ['{one.address}']\n    labels: {{instance: '{name}'}}" for name, one in targets.items())
    (folder / "prometheus.yml").write_text(
        f"global:\n  scrape_interval: 1s\nscrape_configs:\n- job_name: exporters\n  static_configs:{entries}\n"
    )
    port = unused_port()
    storage = [f"--storage.tsdb.path={folder / 'data'}", "--storage.tsdb.retention.time=100y"]
    command = [binary("prometheus"), f"--config.file={folder / 'prometheus.yml'}", f"--web.listen-address=127.0.0.1:{port}", *storage]
    servers.start(command, folder)
    found = Monitoring(f"http://127.0.0.1:{port}", tuple(one.pid for one in targets.values()))
    wait_until(lambda: len(found.newest("up == 1")) == len(targets))
    return found


def wait_until(holds: Callable[[], bool], within_s: float = 30.0) -> None:
    """Wait for something that servers need a moment for."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            if holds():
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    pytest.fail("the servers did not get ready")


@pytest.fixture(scope="session")
def new_study(shell, monitoring, erp, truth):
    """Write the user's study of the planted tenants into a folder of its own."""

    def write(name: str, *, with_database: bool = True) -> Path:
        folder = shell.home / name
        shutil.copytree(GIVEN, folder)
        text = (folder / "study.toml").read_text()
        text = text.replace("as_of = 1970-01-01", f"as_of = {truth.end:%Y-%m-%d}").replace("http://127.0.0.1:1", monitoring.url)
        if not with_database:
            text = text[: text.index('[[sources]]\nname = "pg"')]
        (folder / "study.toml").write_text(text)
        return folder

    return write
