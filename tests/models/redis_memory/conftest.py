"""A measured trace of sessions, recorded runs, and real servers for new ones."""

import csv
import importlib.util
import socket
import sys
import time
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="session")
def trace():
    path = Path(__file__).parents[3] / "data" / "measured" / "redis_trace.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


@pytest.fixture(scope="session")
def recorded_runs():
    """Twenty recorded runs of tests/benchmarks/redis: seed -> columns."""
    with (Path(__file__).parent / "recorded_runs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    seeds = sorted({int(row["seed"]) for row in rows})
    return {seed: {name: np.array([float(row[name]) for row in rows if int(row["seed"]) == seed]) for name in rows[0]} for seed in seeds}


@pytest.fixture(scope="session")
def recorder():
    """Return the program that writes sessions into real servers."""
    path = Path(__file__).parents[2] / "benchmarks" / "redis" / "recorder.py"
    spec = importlib.util.spec_from_file_location("redis_recorder", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def redis_ports(servers, binary):
    """Start real servers without persistence; the session ends them."""

    def start(count):
        ports = []
        for _ in range(count):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                ports.append(probe.getsockname()[1])
            settings = ["--bind", "127.0.0.1", "--port", str(ports[-1]), "--save", "", "--appendonly", "no"]
            servers.start([binary("redis-server"), *settings], servers.new_folder("redis-runs"))
        for port in ports:
            _wait_for(port)
        return ports

    return start


def _wait_for(port):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"redis-server on port {port} did not start")
