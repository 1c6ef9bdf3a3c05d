"""A fleet of a thousand tenants: two years of days, a year ahead, 500 paths, on all cores through an executor."""

import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from planted import END, planted

from models.growth import forecast

SIZES = (1_000,)
"""Tenants; GROWTH_FLEET=10000 in the environment adds another size."""
DAYS, AHEAD, PATHS = 730, 365, 500
ALONE = 48
"""Tenants that are also forecast without an executor, to compare digits."""


def fleet_table() -> str:
    """Return seconds, CPU and memory by size of the fleet."""
    cores = os.cpu_count() or 1
    lines = [f"### Fleet: {DAYS} days each, {AHEAD} days ahead, {PATHS} paths, {cores} processes", ""]
    lines += [
        "| tenants | seconds | CPU s | ms CPU a tenant | largest process, MB | all processes at most, MB |",
        "|---|---|---|---|---|---|",
    ]
    extra = int(os.environ.get("GROWTH_FLEET", "0"))
    for size in (*SIZES, *((extra,) if extra else ())):
        lines.append(measured(size, cores))
    history = tenants(ALONE)
    with ProcessPoolExecutor(cores) as pool:
        shared = forecast(history, executor=pool, **ASKED).summary(executor=pool)
    alone = forecast(history, **ASKED).summary()
    same = np.array_equal(shared.quantiles, alone.quantiles) and np.array_equal(shared.maximum, alone.maximum)
    return "\n".join([*lines, "", f"Same digits with and without the executor ({ALONE} tenants): {'yes' if same else 'NO'}", ""])


ASKED = {"horizon": AHEAD, "step": "1d", "paths": PATHS, "end": END}


def tenants(count: int) -> list[np.ndarray]:
    """Return histories: planted days, twice as long by repeating them on a lower level."""
    found = []
    for seed in range(count):
        values = planted(seed % 400).values * (1 + 0.001 * (seed // 400))
        found.append(np.concatenate((0.8 * values, values))[-DAYS:])
    return found


def measured(size: int, cores: int) -> str:
    """Return one row."""
    history = tenants(size)
    limits = np.array([1.3 * values.max() for values in history])
    begin, spent = time.perf_counter(), cpu()
    with ProcessPoolExecutor(cores) as pool:
        found = forecast(history, executor=pool, **ASKED).summary((0.5, 0.95), limits=limits, executor=pool)
    seconds = time.perf_counter() - begin
    used = cpu() - spent
    own, children = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    if not np.isfinite(found.quantiles).all():
        raise RuntimeError("the fleet's forecast holds values that are not finite")
    return f"| {size:,} | {seconds:.0f} | {used:.0f} | {1000 * used / size:.1f} | {max(own, children):.0f} | {own + cores * children:.0f} |"


def cpu() -> float:
    """Return CPU seconds of this process and of its finished children."""
    return sum(part.ru_utime + part.ru_stime for part in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
