"""Write sessions of several lives into real Redis servers and sample what an exporter would see."""

import random
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

TICK_S = 0.05
KEY_BYTES = 92
PAYLOAD_BYTES = (339, 446)
"""Key and payload as long as those of Odoo sessions kept in Redis."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A seeded stream of keys."""

    seed: int
    seconds: float
    sample_s: float
    per_s: tuple[float, ...]
    """Keys created per second of each class (Poisson)."""
    ttl_s: tuple[float, ...]
    """Time to live of each class."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the server said at one moment."""

    seed: int
    time_s: float
    keys: int
    used_bytes: int
    expired_keys: int
    evicted_keys: int


class Connection:
    """The few words of the Redis protocol that are needed."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.file = self.socket.makefile("rb")

    def send(self, commands: Sequence[Sequence[bytes]]) -> list[bytes]:
        parts = [b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words) for words in commands]
        self.socket.sendall(b"".join(parts))
        return [self._reply() for _ in commands]

    def close(self) -> None:
        self.file.close()
        self.socket.close()

    def _reply(self) -> bytes:
        line = self.file.readline()
        if line.startswith(b"-"):
            raise RuntimeError(line.decode().strip())
        if line.startswith(b"$"):
            return self.file.read(int(line[1:]) + 2)[:-2]
        return line[1:-2]


def record(ports: Sequence[int], plans: Sequence[Plan]) -> list[Sample]:
    """Run all plans at once, one server each, and return their samples in the order of time."""
    connections = [Connection(port) for port in ports]
    writers = [_keys(plan) for plan in plans]
    samples: list[Sample] = []
    start, tick, due = time.monotonic(), 0, [plan.sample_s for plan in plans]
    while any(tick * TICK_S <= plan.seconds for plan in plans):
        time.sleep(max(start + tick * TICK_S - time.monotonic(), 0))
        for place, (plan, writer, connection) in enumerate(zip(plans, writers, connections, strict=True)):
            if tick * TICK_S > plan.seconds:
                continue
            connection.send(next(writer))
            if tick * TICK_S >= due[place] - 1e-9:
                samples.append(_sample(plan.seed, time.monotonic() - start, connection))
                due[place] += plan.sample_s
        tick += 1
    for connection in connections:
        connection.close()
    return samples


def _keys(plan: Plan) -> Iterator[list[list[bytes]]]:
    """Yield the commands of one tick after another."""
    drawn = random.Random(plan.seed)
    following = [drawn.expovariate(rate) for rate in plan.per_s]
    end = 0.0
    while True:
        end += TICK_S
        commands = []
        for kind, (rate, ttl) in enumerate(zip(plan.per_s, plan.ttl_s, strict=True)):
            while following[kind] < end:
                key = b"session:%0*x" % (KEY_BYTES - 8, drawn.getrandbits(160))
                commands.append([b"SET", key, b"x" * drawn.randint(*PAYLOAD_BYTES), b"PX", b"%d" % round(ttl * 1000)])
                following[kind] += drawn.expovariate(rate)
        yield commands


def _sample(seed: int, time_s: float, connection: Connection) -> Sample:
    keys, info = connection.send([[b"DBSIZE"], [b"INFO"]])
    fields = dict(line.split(":", 1) for line in info.decode().splitlines() if ":" in line)
    counts = (int(fields[name]) for name in ("used_memory", "expired_keys", "evicted_keys"))
    return Sample(seed, round(time_s, 3), int(keys), *counts)
