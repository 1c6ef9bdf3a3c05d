"""Size worker pools: replicas of one machine offer, steps over time, node or zone loss survived."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Layer, Resource
from workbench.pipeline.sizing.needs import Needs
from workbench.pipeline.sizing.options import Machines
from workbench.pipeline.sizing.sized import SizedRows
from workbench.pipeline.sizing.usable import CPU_RESERVE, Laws, workers_of

ZONES = 3
"""Zones of a region over which instances are spread."""
MOST_REPLICAS = 10_000
"""Beyond, a demand is taken for an error of the input."""
REGION = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Offered:
    count: NDArray[np.int64]
    """Shape (rows, steps)."""
    usable: NDArray[np.float64]
    """Shape (rows,): busy workers one replica carries."""
    workers: NDArray[np.int64]
    cost: NDArray[np.float64]
    """Shape (rows, steps): price of a month."""


Usable: TypeAlias = Callable[[float, int, Laws], NDArray[np.float64]]
"""(cores, workers, laws of the groups) to the busy workers that such a machine carries, shape (rows,)."""


def lost(count: NDArray[np.int64], survives: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many of so many instances the loss takes: none, one node, or the fullest of three zones."""
    zone = -(-count // ZONES)
    one = np.minimum(count, 1)
    return np.select([survives == 0, survives == 1], [np.zeros_like(count), one], zone)


def instances(alive: NDArray[np.int64], after_loss: NDArray[np.int64], survives: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the smallest count with `alive` instances in normal times and `after_loss` left once the loss has happened."""
    for_node = np.where(after_loss > 0, after_loss + 1, 0)
    for_zone = -(-after_loss * ZONES // (ZONES - 1))  # n - ceil(n / 3) = floor(2 n / 3) carries it
    needed = np.select([survives == 0, survives == 1], [after_loss, for_node], for_zone)
    count: NDArray[np.int64] = np.maximum(np.maximum(alive, needed), 1)
    return count


def size_workers(
    needs: Needs,
    machines: Machines,
    usable: Usable,
    pinned: int | None = None,
    workers: int | None = None,
    replicas: int | None = None,
) -> SizedRows:
    """Return replicas of the machine that is cheapest over the horizon, row by row; machine, workers and replicas may be set by hand.

    Machines are tried from the cheapest up; one that costs more than the best so far even if only its processors counted is left out.
    """
    online, cpu = needs.amount(Resource.WORKER_TIME), needs.amount(Resource.CPU)
    if online is None or cpu is None:
        raise ValueError("worker pools cannot be sized without worker_time and cpu: history holds no requests")
    months = np.array([len(needs.steps.months_of(step)) for step in range(needs.steps.count)], float)
    best = np.full(needs.rows, -1)
    least = np.full(needs.rows, np.inf)
    offered: dict[int, _Offered] = {}
    for option in range(len(machines.offers)) if pinned is None else (pinned,):
        price = machines.monthly[option]
        if np.isnan(price) or np.all(_at_least(needs, machines, option, cpu) @ months * price >= least):
            continue
        offered[option] = _offer(needs, machines, usable, option, online, cpu, workers)
        total = np.where(offered[option].usable > 0, offered[option].cost @ months, np.inf)
        best = np.where(total < least, option, best)
        least = np.minimum(least, total)
    return _collect(needs, machines, {option: _by_hand(one, replicas) for option, one in offered.items()}, best)


def _at_least(needs: Needs, machines: Machines, option: int, cpu: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return machine months that processors alone ask for, (rows, steps): a bound below what the queueing model asks for."""
    replicas = np.minimum(cpu / (machines.cores[option] * (1 - CPU_RESERVE)), MOST_REPLICAS)
    return _counted(needs, replicas) * np.where(needs.survives == REGION, 2, 1)[:, None] * needs.awake_share[:, None]


def _counted(needs: Needs, replicas: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the instances for both tests: all alive with headroom, and after the loss without."""
    alive = np.ceil(replicas / (1 - needs.headroom[:, None])).astype(np.int64)
    survives = np.broadcast_to(needs.survives[:, None], alive.shape)
    return instances(alive, np.where(survives > 0, np.ceil(replicas).astype(np.int64), 0), survives)


def _offer(
    needs: Needs,
    machines: Machines,
    usable: Usable,
    option: int,
    online: NDArray[np.float64],
    cpu: NDArray[np.float64],
    workers: int | None,
) -> _Offered:
    cores, memory = float(machines.cores[option]), float(machines.memory_bytes[option])
    each = np.array([workers_of(cores, memory, one) for one in needs.worker_bytes])
    if workers is not None:
        each = np.where(each >= workers, workers, 0)
    laws = Laws(needs.service_s, needs.scv, needs.elsewhere, needs.within_s, needs.share, needs.overflow_per_hour)
    carried = np.zeros(needs.rows)
    for count in np.unique(each):
        rows = each == count
        carried[rows] = usable(cores, int(count), laws.rows(rows))
    with np.errstate(divide="ignore", invalid="ignore"):
        replicas = np.minimum(np.maximum(online / carried[:, None], cpu / (cores * (1 - CPU_RESERVE))), MOST_REPLICAS)
    count = _counted(needs, np.nan_to_num(replicas, nan=0.0))
    copies = np.where(needs.survives == REGION, 2, 1)[:, None]
    return _Offered(count, carried, each, count * copies * machines.monthly[option] * needs.awake_share[:, None])


def _by_hand(offered: _Offered, replicas: int | None) -> _Offered:
    """Return what is offered with as many machines as the user set, carrying the load or not."""
    if replicas is None:
        return offered
    each = offered.cost / offered.count
    return _Offered(np.full_like(offered.count, replicas), offered.usable, offered.workers, each * replicas)


def _collect(needs: Needs, machines: Machines, offered: dict[int, _Offered], best: NDArray[np.int64]) -> SizedRows:
    rows = np.arange(needs.rows)
    shape = (needs.rows, needs.steps.count)
    if not offered:
        return _nothing(needs, shape)
    tried = list(offered)
    chosen = np.searchsorted(tried, np.where(best < 0, tried[-1], best))
    option = np.array(tried)[chosen]
    count = np.stack([one.count for one in offered.values()])[chosen, rows]
    usable = np.stack([one.usable for one in offered.values()])[chosen, rows][:, None]
    cpu = (machines.cores[option] * (1 - CPU_RESERVE))[:, None]
    left = count - lost(count, np.broadcast_to(needs.survives[:, None], shape))
    return SizedRows(
        layer=Layer.WORKERS,
        steps=needs.steps,
        offer=np.broadcast_to(option[:, None], shape).copy(),
        count=count,
        standby=np.where(needs.survives[:, None] == REGION, count, 0),
        quantity={},
        workers=np.stack([one.workers for one in offered.values()])[chosen, rows],
        usable={Resource.WORKER_TIME: count * usable, Resource.CPU: count * cpu},
        usable_after_loss={Resource.WORKER_TIME: left * usable, Resource.CPU: left * cpu},
        monthly=np.stack([one.cost for one in offered.values()])[chosen, rows],
        feasible=best >= 0,
    )


def _nothing(needs: Needs, shape: tuple[int, int]) -> SizedRows:
    return SizedRows(
        layer=Layer.WORKERS,
        steps=needs.steps,
        offer=np.full(shape, -1),
        count=np.zeros(shape, np.int64),
        standby=np.zeros(shape, np.int64),
        quantity={},
        workers=np.zeros(shape[0], np.int64),
        usable={},
        usable_after_loss={},
        monthly=np.full(shape, np.nan),
        feasible=np.zeros(shape[0], bool),
    )
