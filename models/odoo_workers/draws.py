"""Joint draws of a fitted pool: path k of a study carries draw k."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval
from models.odoo_workers.least_squares import LEAST_SHARE, RUN_ERROR, Parameters, Template
from models.odoo_workers.pool import WorkerPool
from models.odoo_workers.processors import SPEED_SPREAD

_90_PERCENT = 1.6448536269514722


def drawn_pools(
    template: Template, point: Parameters, covariance: NDArray[np.float64], scv: Interval, paths: int, seed: int
) -> tuple[WorkerPool, ...]:
    """Return `paths` pools drawn from the joint error of all parameters; the same seed gives the same pools.

    Draws are normal with the covariance of the fit, shape (4, 4), cut at what is possible; the scv of a pool without classes
    is lognormal. What is foreseen is another run than those fitted, so its demand differs by the spread between runs.
    Draw k depends on seed and k alone.

    Raises
    ------
    ValueError
        If `paths` is below 1.

    """
    _check(paths)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    wide = math.log(scv.high / scv.mid) / _90_PERCENT if 0 < scv.mid < scv.high < math.inf else 0.0
    pools = []
    for path in range(paths):
        normal = _stream(seed, path).standard_normal(6)
        moved = np.array(point) + root @ normal[:4]
        drawn = Parameters(
            unloaded_s=max(float(moved[0]), point.unloaded_s / 4) * math.exp(RUN_ERROR * float(normal[5])),
            cpu_share=min(max(float(moved[1]), LEAST_SHARE), 1.0),
            uneven=min(max(float(moved[2]), 0.0), 1.0),
            base_cores=max(float(moved[3]), 0.0),
        )
        pools.append(replace(template, scv=template.scv * math.exp(wide * float(normal[4]))).pool(drawn))
    return tuple(pools)


def with_drawn_speed(pool: WorkerPool, paths: int, seed: int) -> tuple[WorkerPool, ...]:
    """Return the pool once a path; a processor speed nobody stated is drawn evenly within ±20 % of the reference.

    The number of processors stays, so a slower one also delivers less. A stated speed is kept.
    """
    _check(paths)
    if pool.core_speed is not None:
        return (pool,) * paths
    speeds = [1 + SPEED_SPREAD * float(_stream(seed, path, 1).uniform(-1, 1)) for path in range(paths)]
    return tuple(replace(pool, core_speed=speed, cores=pool.cores * speed) for speed in speeds)


def _check(paths: int) -> None:
    if paths < 1:
        raise ValueError(f"paths is {paths}: draw at least one pool")


def _stream(seed: int, path: int, purpose: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, purpose, path]))
