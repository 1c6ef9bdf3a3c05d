"""Everything that a decision between topologies rests on: what to run, why, and what would change that."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.differences import PairedDifference, paired_differences
from workbench.pipeline.frontier import EstateFrontier, estate_frontier
from workbench.pipeline.plan import TopologyKind
from workbench.pipeline.recommendation import Recommendation, recommend
from workbench.pipeline.regret import Regrets, regrets
from workbench.pipeline.sensitivity import BreakEven, Sized, Sums, Swing, break_evens, parts_of_all, swings
from workbench.pipeline.session import Session
from workbench.study.edits import ScaleGrowth

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """What to run, how sure that is, and what would change it."""

    recommendation: Recommendation
    differences: tuple[PairedDifference, ...]
    regrets: Regrets
    swings: tuple[Swing, ...]
    """Empty if nothing can be recommended."""
    break_evens: tuple[BreakEven, ...]
    growth: bool
    """Whether growth was varied too; it takes seconds."""
    frontier: EstateFrontier | None = None
    """None: not asked for."""
    limit_costs: Decimal | None = None
    """What the limit on users adds to the sum a month: that of the recommended hybrid less that of the unlimited split; None: unknown."""


def decide(comparison: Comparison, growth: Sized | None = None) -> Decision:
    """Return what follows from a comparison at once; with `growth`, what more or less of it would change."""
    found = recommend(comparison)
    parts = parts_of_all(comparison)
    chosen = found.chosen
    return Decision(
        recommendation=found,
        differences=paired_differences(comparison),
        regrets=regrets(comparison),
        swings=() if chosen is None else swings(parts, chosen, found.eligible, growth),
        break_evens=() if chosen is None else break_evens(parts, chosen, growth),
        growth=growth is not None,
    )


def decide_fully(session: Session, comparison: Comparison, progress: Progress) -> Decision:
    """Return the decision with growth varied and the frontier searched; takes seconds to minutes."""
    found = decide(comparison, growth_sums(session, comparison, progress))
    searched = estate_frontier(session, progress)
    return replace(found, frontier=searched, limit_costs=_limit_costs(comparison, found, searched))


def _limit_costs(comparison: Comparison, found: Decision, searched: EstateFrontier) -> Decimal | None:
    chosen, limit = found.recommendation.chosen, found.recommendation.users_limit
    if chosen is None or limit is None or not searched.points or comparison.result(chosen).plan.kind != TopologyKind.HYBRID:
        return None
    own, widest = comparison.result(chosen).sum_monthly, searched.points[0].sum_monthly
    return None if own is None else max(own - widest, Decimal(0))


def growth_sums(session: Session, comparison: Comparison, progress: Progress) -> Sized:
    """Return what sizes the partitions of a comparison again under a multiple of the forecast growth; each multiple once."""
    known: dict[float, Sums] = {1.0: {one.name: float(one.sum_monthly) for one in comparison.results if one.sum_monthly is not None}}

    def sized(times: float) -> Sums:
        if times not in known:
            progress(f"growth × {times:g}", 0.0)
            other = session.edited((*session.edits, ScaleGrowth(times)), session.scenario, hold_partition=True)
            sums = {result.name: other.result(result.name).sum_monthly for result in comparison.results}
            known[times] = {name: float(amount) for name, amount in sums.items() if amount is not None}
        return known[times]

    return sized
