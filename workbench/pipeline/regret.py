"""Regret over joint futures: what a choice costs in each future against the best choice of that future."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.regret import regret
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.differences import loss_of_horizon
from workbench.pipeline.figures import Result
from workbench.pipeline.plan import TopologyKind


@dataclass(frozen=True, slots=True)
class Sorry:
    """How sorry one would be to have chosen a topology, study currency over the horizon."""

    topology: str
    expected: float
    """Mean over joint futures of its cost less that of the best choice in the same future."""
    standard_error: float
    """Of `expected`, over futures."""
    worst: float
    """In the future that hits it hardest."""
    best_share: float
    """Share of futures in which it is the best choice."""
    shortfall: float
    """Mean of what has to be bought beyond the plan where a future asks for more."""


@dataclass(frozen=True, slots=True)
class Regrets:
    """Regret of the topologies that can be bought again as futures ask."""

    choices: tuple[Sorry, ...]
    """The least expected regret first."""
    futures: int

    @property
    def least(self) -> str | None:
        """The least regretted topology."""
        return self.choices[0].topology if self.choices else None


def regrets(comparison: Comparison) -> Regrets:
    """Return the regret of every sized topology with a sum.

    In each future a choice costs what its plan buys, what the future asks beyond that at the plan's prices, and its weighted expected
    loss. What runs today is left out: it is never bought again, so that nothing says what it would cost in a future that it does not
    carry.
    """
    known = [
        result
        for result in comparison.results
        if result.plan.kind != TopologyKind.CURRENT and result.total_range is not None and loss_of_horizon(comparison, result) is not None
    ]
    if not known:
        return Regrets((), 0)
    short = np.stack([shortfall_paths(comparison, result) for result in known])
    planned = np.array([float(result.total_cost or 0) + (loss_of_horizon(comparison, result) or 0.0) for result in known])
    found = regret(short + planned[:, None])
    choices = [
        Sorry(
            result.name,
            float(found.expected[i]),
            float(found.standard_error[i]),
            float(found.worst[i]),
            float(found.best_share[i]),
            float(short[i].mean()),
        )
        for i, result in enumerate(known)
    ]
    return Regrets(tuple(sorted(choices, key=lambda one: (one.expected, one.topology))), short.shape[1])


def shortfall_paths(comparison: Comparison, result: Result) -> NDArray[np.float64]:
    """Return what each path asks beyond the plan, at the plan's prices, shape (paths,)."""
    factory = comparison.factory
    infrastructure: dict[str, float] = {}
    for line in result.bill.lines:
        if line.block == "infrastructure" and line.horizon_cash is not None:
            infrastructure[line.pool] = infrastructure.get(line.pool, 0.0) + float(line.horizon_cash)
    short = np.zeros(factory.sizer.demand.paths)
    for pool in result.plan.pools:
        spent = infrastructure.get(pool.name, 0.0)
        if spent > 0:
            short += spent * np.maximum(factory.path_ratio(pool.layer, pool.tenants) - 1.0, 0.0)
    return short
