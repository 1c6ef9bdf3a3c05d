"""Planted truth: six tenants over 45 days, as exporters would have said it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

DAYS = 45
END = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
"""The past ends last night, so that all ways of reading it are used: recent days as scraped, older ones by steps."""
START = END - timedelta(days=DAYS)
STEP_S = 300
COUNT = DAYS * 86_400 // STEP_S
PHASE_S = 17.4
"""Scrapes do not fall on round minutes."""
BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
DAY_SHAPE = (
    0.20, 0.18, 0.17, 0.18, 0.22, 0.40, 0.75, 0.92, 0.98, 1.00, 0.99, 0.93,
    0.84, 0.92, 0.97, 0.93, 0.84, 0.70, 0.60, 0.52, 0.45, 0.38, 0.30, 0.24,
)  # fmt: skip
WEEK_SHAPE = (1.0, 1.0, 0.99, 0.99, 0.93, 0.35, 0.2)
NIGHT_HOURS = (1, 2)
BLOCK_BYTES = 8192


@dataclass(frozen=True, slots=True)
class Planted:
    """One tenant's truth."""

    name: str
    users: int
    peak_rps: float
    growth_per_month: float
    service_s: float
    scv: float
    law: str
    cpu_s: float
    database_s: float
    blocks_read: float
    rows_written: float
    database_gib: float
    gib_per_month: float
    sessions: float
    night_cores: float = 0.0


TENANTS = (
    Planted("leipzig", 220, 42.0, 0.05, 0.062, 2.2, "lognormal", 0.040, 0.014, 5.5, 2.4, 90.0, 2.0, 9000.0, 2.0),
    Planted("zwickau", 150, 26.0, 0.03, 0.075, 1.6, "lognormal", 0.052, 0.018, 7.0, 3.1, 60.0, 1.2, 6200.0),
    Planted("erfurt", 90, 15.0, 0.02, 0.110, 0.7, "gamma", 0.071, 0.026, 9.0, 1.8, 35.0, 0.8, 3900.0),
    Planted("plauen", 60, 9.0, 0.04, 0.085, 2.8, "lognormal", 0.055, 0.021, 4.2, 2.0, 20.0, 0.5, 2600.0),
    Planted("jena", 120, 20.0, 0.01, 0.095, 0.55, "gamma", 0.060, 0.024, 6.1, 4.4, 45.0, 1.0, 5100.0, 1.2),
    Planted("freiberg", 140, 31.0, 0.03, 0.056, 1.3, "lognormal", 0.036, 0.012, 3.4, 1.5, 70.0, 1.5, 7600.0),
)
SERVER = "db-1"
CPU_PER_ACTIVE = 0.62
READS_PER_BLOCK = 0.85
WRITES_PER_ROW = 1.35
BYTES_PER_OPERATION = 14_000.0
BASE_CORES = 0.15
BASE_OPERATIONS = 6.0
SESSION_BYTES = 630.0
REDIS_BASE_BYTES = 1.4e6
NIGHT_BLOCKS_PER_CORE_S = 150.0
NIGHT_ROWS_PER_CORE_S = 60.0
NIGHT_DATABASE_PER_CORE = 0.4
WORKER_BYTES = 310e6
WORKERS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What one tenant did in every scrape interval, arrays of shape (COUNT,)."""

    rate: Floats
    """Requests per second, without chance."""
    batch: Floats
    """Cores of the nightly run."""
    per_bucket: NDArray[np.int64]
    """(buckets, COUNT): requests by duration, +Inf last."""
    seconds: Floats
    cpu: Floats
    database: Floats
    blocks: Floats
    rows: Floats

    @property
    def requests(self) -> Floats:
        """Requests of each interval."""
        return self.per_bucket.sum(axis=0).astype(float)


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One time series: metric with labels, values at the scrapes."""

    metric: str
    labels: Mapping[str, str]
    values: Floats


def moments() -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """Return months since the start, hour and weekday (UTC) of every scrape interval."""
    seconds = np.arange(COUNT) * STEP_S
    hours = seconds // 3600
    return seconds / (86_400 * 365.25 / 12), hours % 24, (START.weekday() + hours // 24) % 7


def work_of(tenant: Planted) -> Work:
    """Return the planted work of one tenant."""
    rng = np.random.default_rng([20260601, TENANTS.index(tenant)])
    months, hour, weekday = moments()
    chance = np.exp(daily_chance(rng, 0.015) + 0.02 * np.repeat(rng.standard_normal(DAYS * 24), 3600 // STEP_S))
    rate = tenant.peak_rps * np.array(DAY_SHAPE)[hour] * np.array(WEEK_SHAPE)[weekday] * (1 + tenant.growth_per_month) ** months * chance
    batch = tenant.night_cores * np.isin(hour, NIGHT_HOURS) * np.exp(daily_chance(rng, 0.05))
    shares = np.diff(law_of(tenant).cdf((*BOUNDS_S, np.inf)), prepend=0.0)
    per_bucket = rng.poisson(rate * STEP_S * shares[:, None])
    requests = per_bucket.sum(axis=0).astype(float)
    spread = tenant.service_s * np.sqrt(tenant.scv * requests)

    def used(per_request: float, per_core_s: float = 0.0, noise: float = 0.03) -> Floats:
        amount = per_request * requests + per_core_s * batch * STEP_S
        return np.maximum(amount * (1 + noise * rng.standard_normal(COUNT)), 0.0)

    return Work(
        rate=rate,
        batch=batch,
        per_bucket=per_bucket,
        seconds=np.maximum(tenant.service_s * requests + spread * rng.standard_normal(COUNT), 0.0),
        cpu=used(tenant.cpu_s, 1.0, 0.02),
        database=used(tenant.database_s, NIGHT_DATABASE_PER_CORE),
        blocks=np.round(used(tenant.blocks_read, NIGHT_BLOCKS_PER_CORE_S)),
        rows=np.round(used(tenant.rows_written, NIGHT_ROWS_PER_CORE_S)),
    )


def daily_chance(rng: np.random.Generator, scale: float) -> Floats:
    """Return a change a day without a trend of its own, so that the growth planted is the growth that happened."""
    days, drawn = np.arange(DAYS), scale * rng.standard_normal(DAYS)
    drawn -= np.polynomial.Polynomial.fit(days, drawn, 1)(days)
    return np.repeat(drawn, 86_400 // STEP_S)


def law_of(tenant: Planted) -> stats.rv_continuous:
    """Return the planted law of the service time."""
    if tenant.law == "gamma":
        return stats.gamma(1 / tenant.scv, scale=tenant.service_s * tenant.scv)
    sigma = np.sqrt(np.log1p(tenant.scv))
    return stats.lognorm(sigma, scale=tenant.service_s * np.exp(-(sigma**2) / 2))


def counter(per_interval: Floats) -> Floats:
    """Return what a counter says at the scrapes, which come a little after the intervals begin, shape (COUNT,)."""
    return np.cumsum(per_interval) - (1 - PHASE_S / STEP_S) * per_interval


def whole(per_interval: Floats) -> Floats:
    """Return what a counter of whole things says at the scrapes, shape (COUNT,)."""
    return np.floor(counter(per_interval))


def application_tracks(tenant: Planted, work: Work) -> Iterator[Track]:
    """Yield what Odoo's own histogram, its pool gauges and cAdvisor say."""
    own, pod = {"database": f"{tenant.name}_prod"}, {"namespace": tenant.name, "container": "odoo"}
    for bound, counts in zip((*BOUNDS_S, np.inf), np.cumsum(work.per_bucket, axis=0), strict=True):
        le = "+Inf" if np.isinf(bound) else repr(bound)
        yield Track("odoo_request_duration_seconds_bucket", {**own, "le": le}, whole(counts.astype(float)))
    yield Track("odoo_request_duration_seconds_count", own, whole(work.requests))
    yield Track("odoo_request_duration_seconds_sum", own, counter(work.seconds))
    yield Track("odoo_workers_busy", own, np.round(work.rate * tenant.service_s, 3))
    yield Track("odoo_workers", own, np.full(COUNT, float(WORKERS)))
    yield Track("container_cpu_usage_seconds_total", pod, counter(work.cpu))
    yield Track("container_memory_working_set_bytes", pod, np.round(WORKERS * WORKER_BYTES * (1 + 0.02 * np.sin(np.arange(COUNT) / 50))))
    files = np.round((0.4 * tenant.database_gib + 0.3 * tenant.gib_per_month * moments()[0]) * 2**30)
    yield Track("kubelet_volume_stats_used_bytes", {"namespace": tenant.name, "persistentvolumeclaim": "odoo-filestore"}, files)


def database_tracks(tenant: Planted, work: Work) -> Iterator[Track]:
    """Yield what postgres_exporter says of one database."""
    labels = {"datname": f"{tenant.name}_prod", "instance": f"{SERVER}:9187"}
    months, rows = moments()[0], whole(work.rows)
    counters = {
        "xact_commit": whole(6 * work.requests),
        "xact_rollback": whole(0.1 * work.requests),
        "blks_read": whole(work.blocks),
        "blks_hit": whole(80 * work.blocks),
        "temp_bytes": whole(work.batch * 1e6),
        "active_time_seconds_total": counter(work.database),
        "tup_inserted": np.floor(0.5 * rows),
        "tup_updated": np.floor(0.4 * rows),
        "tup_deleted": rows - np.floor(0.5 * rows) - np.floor(0.4 * rows),
        "numbackends": np.round(4 + 0.5 * work.rate),
    }
    yield from (Track(f"pg_stat_database_{name}", labels, values) for name, values in counters.items())
    size = np.round((tenant.database_gib + tenant.gib_per_month * months) * 2**30 / BLOCK_BYTES) * BLOCK_BYTES
    yield Track("pg_database_size_bytes", labels, size)


def server_tracks(members: Sequence[Work]) -> Iterator[Track]:
    """Yield what node_exporter and postgres_exporter say of the database server."""
    rng = np.random.default_rng(7)

    def counted(per_interval: Floats) -> Floats:
        return counter(np.maximum(per_interval * (1 + 0.02 * rng.standard_normal(COUNT)), 0.0))

    active, blocks, rows = (np.sum([getattr(work, name) for work in members], axis=0) for name in ("database", "blocks", "rows"))
    reads = counted(READS_PER_BLOCK * blocks + BASE_OPERATIONS * STEP_S / 2)
    writes = counted(WRITES_PER_ROW * rows + BASE_OPERATIONS * STEP_S / 2)
    disk = {"instance": f"{SERVER}:9100", "device": "sdc"}
    cores = counted(CPU_PER_ACTIVE * active + BASE_CORES * STEP_S)
    for mode, share in (("user", 0.8), ("system", 0.2)):
        yield Track("node_cpu_seconds_total", {"instance": f"{SERVER}:9100", "cpu": "0", "mode": mode}, share * cores)
    yield Track("node_disk_reads_completed_total", disk, np.floor(reads))
    yield Track("node_disk_writes_completed_total", disk, np.floor(writes))
    yield Track("node_disk_read_bytes_total", disk, np.floor(reads * BYTES_PER_OPERATION))
    yield Track("node_disk_written_bytes_total", disk, np.floor(writes * BYTES_PER_OPERATION))
    own = {"instance": f"{SERVER}:9187"}
    yield Track("pg_settings_max_connections", own, np.full(COUNT, 400.0))
    yield Track("pg_settings_shared_buffers_bytes", own, np.full(COUNT, 16.0 * 2**30))


def session_keys(tenant: Planted) -> Floats:
    """Return the sessions a tenant holds, shape (COUNT,)."""
    months, hour, _ = moments()
    return np.round(tenant.sessions * (1 + tenant.growth_per_month * months) * (1 + 0.06 * np.array(DAY_SHAPE)[hour]))


def cache_tracks() -> Iterator[Track]:
    """Yield what redis_exporter says of the one Redis."""
    rng = np.random.default_rng(11)
    own = {"instance": "cache-1:9121"}
    keys = {tenant.name: session_keys(tenant) for tenant in TENANTS}
    total = np.sum(list(keys.values()), axis=0)
    for name, values in keys.items():
        yield Track("redis_keys_count", {**own, "db": "db0", "key": f"session:{name}:*"}, values)
    yield Track("redis_db_keys", {**own, "db": "db0"}, total)
    used = REDIS_BASE_BYTES + SESSION_BYTES * total
    yield Track("redis_memory_used_bytes", own, np.round(used * (1 + 0.002 * rng.standard_normal(COUNT))))
    yield Track("redis_memory_max_bytes", own, np.full(COUNT, 512.0 * 2**20))


def openmetrics(tracks: Iterator[Track]) -> str:
    """Return the tracks as OpenMetrics text."""
    times = [f"{START.timestamp() + PHASE_S + STEP_S * k:.1f}" for k in range(COUNT)]
    lines: list[str] = []
    for track in sorted(tracks, key=lambda one: one.metric):
        labels = ",".join(f'{key}="{value}"' for key, value in track.labels.items())
        name = f"{track.metric}{{{labels}}}"
        whole = bool(np.all(track.values == np.floor(track.values)))
        said = (
            [str(int(value)) for value in track.values]
            if whole
            else [f"{value:.6g}" if value < 1 else f"{value:.3f}" for value in track.values]
        )
        lines += [f"{name} {value} {time}" for value, time in zip(said, times, strict=True)]
    return "\n".join([*lines, "# EOF\n"])


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What was planted."""

    start: datetime
    end: datetime
    tenants: tuple[Planted, ...]
    work: Mapping[str, Work]
    step_s: int = STEP_S

    def parameters(self, tenant: Planted) -> dict[str, float]:
        """Return the planted value of every parameter that the workbench fits, by its name."""
        rows = {"request": (tenant.database_s, tenant.blocks_read, tenant.rows_written)}
        if tenant.night_cores:
            rows["batch"] = (NIGHT_DATABASE_PER_CORE, NIGHT_BLOCKS_PER_CORE_S, NIGHT_ROWS_PER_CORE_S)
        found = {"service_s": tenant.service_s, "scv": tenant.scv, "cpu_s": tenant.cpu_s, "session_bytes": SESSION_BYTES}
        for unit, (database_s, blocks, written) in rows.items():
            operations = blocks * READS_PER_BLOCK + written * WRITES_PER_ROW
            found |= {
                f"database_s_per_{unit}": database_s,
                f"blocks_read_per_{unit}": blocks,
                f"rows_written_per_{unit}": written,
                f"database_cpu_per_{unit}": database_s * CPU_PER_ACTIVE,
                f"operations_per_{unit}": operations,
                f"bytes_per_{unit}": operations * BYTES_PER_OPERATION,
            }
        return found

    @property
    def base_cores(self) -> float:
        """Cores the database server uses with no tenant active."""
        return BASE_CORES

    @property
    def base_operations(self) -> float:
        """Device operations a second of the database server with no tenant active."""
        return BASE_OPERATIONS

    def hourly(self, per_interval: Floats) -> Floats:
        """Return amounts of intervals as rates per second of each hour."""
        return per_interval.reshape(-1, 3600 // STEP_S).sum(axis=1) / 3600

    def exposition(self) -> str:
        """Return everything as OpenMetrics text."""

        def tracks() -> Iterator[Track]:
            for tenant in self.tenants:
                yield from application_tracks(tenant, self.work[tenant.name])
                yield from database_tracks(tenant, self.work[tenant.name])
            yield from server_tracks(tuple(self.work.values()))
            yield from cache_tracks()

        return openmetrics(tracks())


@pytest.fixture(scope="session")
def truth() -> Truth:
    """Return the planted truth."""
    return Truth(START, END, TENANTS, {tenant.name: work_of(tenant) for tenant in TENANTS})
