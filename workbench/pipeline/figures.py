"""The figures of a plan, one function each; the same words in help, JSON and CSV."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource
from models.topology.verdict import Reason
from pricing.bill import Bill
from workbench.pipeline.exhaustion import Exhaustion
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.performance import Performance
from workbench.pipeline.plan import Plan, TopologyKind
from workbench.pipeline.pools import Pool
from workbench.pipeline.risk import Risk

CENT = Decimal("0.01")
MONTHS_PER_YEAR = Decimal(12)


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure with its 90 % range over joint paths."""

    p05: float
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Tightest:
    """Where a plan is tightest."""

    headroom: float
    resource: Resource | None
    pool: str | None
    month: int


@dataclass(slots=True, eq=False)
class Late:
    """Figures that take longer than a plan and its bill: computed once, when they are first asked for."""

    compute_performance: Callable[[], tuple[Performance, ...]]
    compute_total_paths: Callable[[], NDArray[np.float64]]
    _performance: tuple[Performance, ...] | None = None
    _total_paths: NDArray[np.float64] | None = None

    @property
    def performance(self) -> tuple[Performance, ...]:
        """How fast each production worker pool answers."""
        if self._performance is None:
            self._performance = self.compute_performance()
        return self._performance

    @property
    def total_paths(self) -> NDArray[np.float64]:
        """Cash of the horizon path by path, shape (paths,)."""
        if self._total_paths is None:
            self._total_paths = self.compute_total_paths()
        return self._total_paths

    def __reduce__(self) -> tuple[Callable[..., "Late"], tuple[tuple[Performance, ...], NDArray[np.float64]]]:
        """Store the figures themselves, not what computes them."""
        return _known, (self.performance, self.total_paths)


def _known(performance: tuple[Performance, ...], total_paths: NDArray[np.float64]) -> Late:
    return Late(lambda: performance, lambda: total_paths, performance, total_paths)


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """A plan with all its figures."""

    plan: Plan
    bill: Bill
    risk: Risk | None
    """None if there are no production users."""
    risk_weight: Decimal
    late: Late
    """What is computed when it is asked for."""

    @property
    def name(self) -> str:
        """Name of the topology."""
        return self.plan.name

    @property
    def performance(self) -> tuple[Performance, ...]:
        """How fast each production worker pool answers."""
        return self.late.performance

    @property
    def total_paths(self) -> NDArray[np.float64]:
        """Cash of the horizon if each path came true, study currency, shape (paths,)."""
        return self.late.total_paths

    @property
    def feasible(self) -> bool:
        """Whether every pool can be built."""
        return self.plan.feasible

    @property
    def monthly_cost(self) -> Decimal | None:
        """Infrastructure and labour in the last month of the horizon; None if infeasible or a price is missing."""
        return self.bill.monthly_cost if self.feasible else None

    @property
    def total_cost(self) -> Decimal | None:
        """Cash paid in the horizon."""
        return self.bill.total_cost if self.feasible else None

    @property
    def total_range(self) -> Spread | None:
        """Cash of the horizon over joint paths."""
        return None if self.total_cost is None or np.isnan(self.total_paths).any() else spread(self.total_paths)

    @property
    def expected_loss_monthly(self) -> Decimal | None:
        """Expected loss of a year by twelve, to the cent; None if a downtime cost is unknown."""
        annual = None if self.risk is None else self.risk.radius.expected_annual_loss
        return None if annual is None else (Decimal(repr(annual)) / MONTHS_PER_YEAR).quantize(CENT, ROUND_HALF_UP)

    @property
    def sum_monthly(self) -> Decimal | None:
        """monthly_cost + risk weight × expected loss a month."""
        cost, loss = self.monthly_cost, self.expected_loss_monthly
        return None if cost is None or loss is None else cost + (self.risk_weight * loss).quantize(CENT, ROUND_HALF_UP)

    @property
    def response_p95_s(self) -> float | None:
        """95 % quantile of the response in the worst production pool's busiest hour."""
        return max((one.response_p95_s for one in self.performance), default=None)

    @property
    def over_objective(self) -> float | None:
        """Largest share of a month's requests that miss the objective, over production pools."""
        return max((one.over_objective for one in self.performance), default=None)

    def tightest(self) -> Tightest:
        """Return where the production pools have the least headroom."""
        found = [(pool.tightest(), pool) for pool in self.plan.pools if pool.production]
        known = [(one, pool) for one, pool in found if not np.isnan(one[0])]
        if not known:
            return Tightest(float("nan"), None, None, 0)
        (headroom, resource, month), pool = min(known, key=lambda item: (item[0][0], item[1].name))
        return Tightest(headroom, resource, pool.name, month)

    def headroom(self, *, after_loss: bool = False) -> dict[Resource, float]:
        """Return the least headroom of every resource over production pools; NaN where a limit is unknown."""
        found: dict[Resource, float] = {}
        for pool in self.plan.pools:
            for resource in pool.planned if pool.production else ():
                value = pool.headroom(resource, after_loss=after_loss)
                known = found.get(resource, float("nan"))
                found[resource] = value if np.isnan(known) else known if np.isnan(value) else min(known, value)
        return found

    def exhaustion(self) -> dict[Resource, tuple[str, Exhaustion]]:
        """Return, for every resource, the production pool that is full first (by median, then by early date), and when."""
        found: dict[Resource, tuple[str, Exhaustion]] = {}
        for pool in self.plan.pools:
            for resource, when in pool.exhaustion.items() if pool.production else ():
                if resource not in found or _sooner(when, found[resource][1]):
                    found[resource] = (pool.name, when)
        return found

    def reasons(self) -> tuple[tuple[Pool | None, Reason], ...]:
        """Return every reason with the pool it is about; None is the plan as a whole."""
        return (*((None, reason) for reason in self.plan.reasons), *((pool, reason) for pool in self.plan.pools for reason in pool.reasons))


def _sooner(one: Exhaustion, other: Exhaustion) -> bool:
    return (one.never, one.p05 is None, str(one.p05)) < (other.never, other.p05 is None, str(other.p05))


def spread(values: NDArray[np.float64]) -> Spread:
    """Return the 5, 50 and 95 % quantiles."""
    low, middle, high = (float(value) for value in np.quantile(values, (0.05, 0.5, 0.95)))
    return Spread(low, middle, high)


def cost_paths(factory: PoolFactory, plan: Plan, bill: Bill) -> NDArray[np.float64]:
    """Return the cash of the horizon path by path: pools re-bought as each path needs them, everything else as billed.

    A pool's path cost is its bill scaled by what the path would buy over what the plan buys, both at on-demand prices, so that
    discounts and labour stay as they are. Shape (paths,); NaN when a price is missing.
    """
    paths = factory.sizer.demand.paths
    if bill.total_cost is None:
        return np.full(paths, np.nan)
    total = np.full(paths, float(bill.total_cost))
    if plan.kind == TopologyKind.CURRENT:
        return total
    infrastructure = pool_cash(bill)
    for pool in plan.pools:
        total += infrastructure.get(pool.name, 0.0) * (factory.path_ratio(pool.layer, pool.tenants) - 1)
    return total


def pool_cash(bill: Bill) -> dict[str, float]:
    """Return what the infrastructure of each pool costs within the horizon."""
    found = {line.pool: 0.0 for line in bill.lines}
    for line in bill.lines:
        if line.block == "infrastructure" and line.horizon_cash is not None:
            found[line.pool] += float(line.horizon_cash)
    return found
