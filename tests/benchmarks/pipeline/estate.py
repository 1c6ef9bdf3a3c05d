"""A generated estate of any size, ready to be sized: a study, what was fitted, and joint demand, from one seed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import DRIVERS, FLOWS, Demand, OwnMoments
from models.topology.resources import Driver, Layer
from workbench.bundled import bundled_study
from workbench.pipeline.calendar_months import Window
from workbench.pipeline.demand import links_of, room_for
from workbench.pipeline.growth import PATHS
from workbench.pipeline.kept import Kept
from workbench.pipeline.observed import Observed
from workbench.pipeline.parameters import Parameter, believed
from workbench.pipeline.session import Session, open_session
from workbench.pipeline.workloads import Workload, Workloads
from workbench.study.estate import Calendar, Downtime, Plant, PoolSpec, Runs, Study, Tenant, TopologySpec
from workbench.study.toml import read_study

ZONES = {"Europe/Berlin": 0, "America/Chicago": 7, "Asia/Kolkata": -4}
IMAGES = ("standard", "metal", "foods")
HOURS = 28 * 24
BY_HAND = "cells"
"""Topology by hand: pools of about 25 tenants in the layers that are operated."""
CELL = 25
PARAMETERS = {
    "service_s": (0.12, 0.2),
    "scv": (1.8, 0.2),
    "cpu_s": (0.06, 0.2),
    "database_s_per_request": (0.03, 0.3),
    "database_cpu_per_request": (0.02, 0.3),
    "database_cpu_per_batch": (0.3, 0.3),
    "operations_per_request": (6.0, 0.5),
    "operations_per_batch": (150.0, 0.5),
    "bytes_per_request": (60e3, 0.5),
    "bytes_per_batch": (2e6, 0.5),
    "connections_per_request": (0.05, 0.3),
    "cache_per_byte": (0.15, 0.3),
    "session_bytes": (6e3, 0.2),
}
"""Name to median and log spread between tenants."""


def generated_session(tenants: int, seed: int = 1, spread: float = 1.0) -> Session:
    """Return the session of an estate of so many tenants, a tenth of them staging; nothing is read from history.

    `spread` scales how much tenants differ in what a request takes; 0 = all alike.
    """
    rng = np.random.default_rng(seed)
    study = _study(tenants, rng)
    observed = _observed(study, rng)
    workloads = _workloads(study, rng, spread)
    demand = _demand(study, observed, workloads, rng)
    session = open_session(study)
    return replace(session, _kept=Kept(observed=observed, workloads=workloads, base={study.events: demand}))


def _study(tenants: int, rng: np.random.Generator) -> Study:
    frame = read_study(bundled_study())
    users = np.ceil(rng.lognormal(4, 0.8, tenants)).astype(int)
    rows = tuple(_tenant(i, int(users[i]), rng) for i in range(tenants))
    return replace(
        frame,
        name=f"generated, {tenants} tenants",
        tenants=rows,
        topologies=(_cells(rows),),
        scenarios=(),
        incidents=(),
        events=(),
        drivers=(),
        users_share_limit=None,
        as_of=date(2026, 11, 1),
    )


def _tenant(i: int, users: int, rng: np.random.Generator) -> Tenant:
    name = f"t{i:04d}"
    staging = i % 10 == 9
    return Tenant(
        name=name,
        plants=(Plant(name, users),),
        environment="staging" if staging else "production",
        runs=Runs(image=IMAGES[int(rng.integers(len(IMAGES)))]),
        calendar=Calendar(zone=list(ZONES)[int(rng.integers(len(ZONES)))]),
        downtime=None if staging else Downtime(Decimal(users * 40)),
    )


def _cells(tenants: tuple[Tenant, ...]) -> TopologySpec:
    pools = []
    for layer in (Layer.WORKERS, Layer.DATABASE, Layer.CACHE):
        for image in IMAGES:
            for production in (True, False):
                names = [one.name for one in tenants if one.runs.image == image and one.production == production]
                cells = [names[first : first + CELL] for first in range(0, len(names), CELL)]
                kind = "production" if production else "staging"
                pools += [PoolSpec(f"{layer.value}-{image}-{kind}-{n}", layer, tuple(cell)) for n, cell in enumerate(cells)]
    return TopologySpec(BY_HAND, tuple(pools))


def _observed(study: Study, rng: np.random.Generator) -> Observed:
    names = tuple(tenant.name for tenant in study.tenants)
    hours = np.arange(HOURS)
    requests = _sizes(study)[:, None] * _shape(study, hours) * rng.lognormal(0, 0.15, (len(names), HOURS))
    return Observed(
        as_of=date(2026, 11, 1),
        start_ms=0,
        tenants=names,
        without_data=(),
        series={"requests": requests},
        servers={},
        database_of=(None,) * len(names),
        histograms={},
        restarted=((),) * len(names),
        measures="service",
    )


def _sizes(study: Study) -> NDArray[np.float64]:
    """Return requests per second in the busiest hour of an ordinary day."""
    return np.array([0.05 * tenant.users for tenant in study.tenants])


def _shape(study: Study, hours: NDArray[np.int64]) -> NDArray[np.float64]:
    offsets = np.array([ZONES[tenant.calendar.zone] for tenant in study.tenants])
    local = (hours[None, :] - offsets[:, None]) % 24
    return np.clip(np.sin((local - 5) / 14 * np.pi), 0.05, None)


def _workloads(study: Study, rng: np.random.Generator, scale: float) -> Workloads:
    rows = []
    for tenant in study.tenants:
        table: dict[str, Parameter] = {}
        for name, (median, spread) in PARAMETERS.items():
            table[name] = replace(believed(name, float(median * rng.lognormal(0, scale * spread)), "generated"), log_sd=0.1)
        rows.append(Workload(tenant.name, table, "lognormal", np.zeros(168, bool)))
    return Workloads(tuple(rows), np.zeros((len(rows), HOURS)), {}, ())


def _demand(study: Study, observed: Observed, workloads: Workloads, rng: np.random.Generator) -> Demand:
    window = Window(observed.as_of, study.horizon_months)
    room, count = room_for(len(observed.tenants), window), len(observed.tenants)
    month_of = np.repeat(np.arange(window.months), [room.most(month, window.horizon_months) for month in range(window.months)])
    own_month = np.repeat(np.arange(room.own_months), 4)
    growth = np.exp(rng.normal(0.01, 0.01, (count, PATHS)))
    shared = _flows(study, growth, month_of, rng, 0.15)
    own = _flows(study, growth, own_month, rng, 0.05) * np.tile(np.array([1.35, 1.25, 1.3, 1.2], np.float32), room.own_months)
    peaks = np.maximum.reduceat(shared, np.flatnonzero(np.diff(month_of, prepend=-1)), axis=3)[..., : room.own_months]
    own[..., 0::4] = np.maximum(own[..., 0::4], peaks)
    starts = np.array([window.month_hours(month)[0] // 24 for month in range(window.months)])
    states = np.stack([_states(study, growth, window, level) for level in (40.0, 4e9, 2e9)])
    return Demand(
        flows=shared,
        states=states,
        links=links_of(study, workloads),
        source=np.arange(count),
        factors=np.ones((len(DRIVERS), count, window.months), np.float32),
        month_of=month_of,
        day_of=(starts[month_of] + rng.integers(0, 28, (PATHS, len(month_of)))).astype(np.int16),
        own=OwnMoments(
            own,
            (starts[own_month] + rng.integers(0, 28, (count, PATHS, len(own_month)))).astype(np.int16),
            own_month,
            np.tile(np.array([1, 3]), len(own_month) // 2),
        ),
        horizon_months=window.horizon_months,
        moment_error=0.0,
    )


def _flows(
    study: Study, growth: NDArray[np.float64], month_of: NDArray[np.int64], rng: np.random.Generator, spread: float
) -> NDArray[np.float32]:
    """Return (flow drivers, tenants, paths, columns): every column is one hour of the day, the same for all tenants."""
    hours = np.where(month_of % 2 == 0, 11, 14) + (np.arange(len(month_of)) * 7) % 5
    flows = np.zeros((len(FLOWS), len(study.tenants), growth.shape[1], len(month_of)), np.float32)
    base, shape = _sizes(study), _shape(study, hours)
    night = np.array([0.5 if i % 2 else 0.0 for i in range(len(study.tenants))])
    for i in range(len(study.tenants)):
        noise = np.exp(spread * rng.standard_normal((growth.shape[1], len(month_of)), dtype=np.float32))
        flows[FLOWS.index(Driver.REQUESTS), i] = base[i] * shape[i] * growth[i][:, None] ** month_of * noise
        flows[FLOWS.index(Driver.BATCH), i] = night[i] * (shape[i] <= 0.05)
    return flows


def _states(study: Study, growth: NDArray[np.float64], window: Window, level: float) -> NDArray[np.float32]:
    grown = growth[:, :, None] ** np.arange(window.months)
    return np.asarray(level * _sizes(study)[:, None, None] * grown, np.float32)
