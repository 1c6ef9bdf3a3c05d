"""Which subject the panels show where nothing was chosen yet, or where the chosen one is gone."""

from workbench.pipeline.comparison import Comparison
from workbench.tui.selection import Selection


def topology_of(comparison: Comparison, selection: Selection) -> str:
    """Return the chosen topology, else the first: what runs today, where the study says it."""
    names = [result.name for result in comparison.results]
    return selection.topology if selection.topology in names else names[0]


def other_of(comparison: Comparison, selection: Selection) -> str:
    """Return the topology that the chosen one is compared with, else the first other one."""
    names = [result.name for result in comparison.results]
    mine = topology_of(comparison, selection)
    if selection.other in names and selection.other != mine:
        return selection.other
    return next((name for name in names if name != mine), mine)


def worker_pool_of(comparison: Comparison, selection: Selection) -> str | None:
    """Return the chosen worker pool, else the production pool with the least headroom; None if none can be built."""
    pools = [pool for pool in comparison.result(topology_of(comparison, selection)).plan.pools if pool.workers > 0 and pool.feasible]
    if selection.pool in {pool.name for pool in pools}:
        return selection.pool
    return min(pools, key=lambda pool: (not pool.production, pool.tightest()[0], pool.name)).name if pools else None
