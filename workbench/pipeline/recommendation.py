"""Which topology to run: the least monthly sum of those that carry the plan within the limits, and why not the others."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from models.topology.resources import Resource
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.differences import PairedDifference, between, paired_differences
from workbench.pipeline.figures import Result
from workbench.pipeline.no_worse import shared_users

ROUNDING = 0.02
"""Headroom below zero by less than this is the rounding of hours, not a pool that is too small."""


class Refusal(StrEnum):
    """Why a topology is not to be chosen whatever it costs."""

    INFEASIBLE = "infeasible"
    """No allowed offer carries one of its pools."""
    NO_PRICE = "no price"
    """A price is missing, so that there is no total."""
    NO_LOSS = "no loss"
    """A downtime cost is unknown, so that there is no sum."""
    OVERLOADED = "overloaded"
    """A pool of it carries less than the plan asks within the horizon."""
    TOO_MANY_USERS = "too many users"
    """A shared pool serves more users than the limit allows."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topology as a choice."""

    name: str
    sum_monthly: Decimal | None
    beyond: Decimal | None
    """Its sum less that of the recommended one; None if one is unknown."""
    refusals: tuple[Refusal, ...]
    headroom: float
    """Where it is tightest; NaN unknown."""
    resource: Resource | None
    users_share: float
    """Largest share of production users that one shared pool serves."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to run and what speaks against the rest."""

    chosen: str | None
    """None if nothing can be chosen."""
    runner_up: str | None
    """The next of those that could be chosen."""
    candidates: tuple[Candidate, ...]
    """All topologies, those with the least sum first, those without one last."""
    difference: PairedDifference | None
    """Of the chosen one less the runner-up."""
    users_limit: float | None

    def candidate(self, name: str) -> Candidate:
        """Return a topology's entry, or raise ValueError naming the known ones."""
        for one in self.candidates:
            if one.name == name:
                return one
        raise ValueError(f"no topology {name!r}: choose one of {', '.join(one.name for one in self.candidates)}")

    @property
    def eligible(self) -> tuple[str, ...]:
        """Names of those that nothing speaks against, the least sum first."""
        return tuple(one.name for one in self.candidates if not one.refusals)


def recommend(comparison: Comparison) -> Recommendation:
    """Return the topology with the least sum of those that carry the plan within the limits."""
    limit = comparison.factory.sizer.study.users_share_limit
    refused = {result.name: refusals_of(comparison, result, limit) for result in comparison.results}
    ranked = sorted(comparison.results, key=lambda one: (one.sum_monthly is None, one.sum_monthly or Decimal(0), one.name))
    eligible = [result for result in ranked if not refused[result.name]]
    least = eligible[0].sum_monthly if eligible else None
    names = [result.name for result in eligible]
    found = between(paired_differences(comparison), names[0], names[1]) if len(names) > 1 else None
    return Recommendation(
        chosen=names[0] if names else None,
        runner_up=names[1] if len(names) > 1 else None,
        candidates=tuple(_candidate(comparison, result, least, refused[result.name]) for result in ranked),
        difference=found,
        users_limit=limit,
    )


def refusals_of(comparison: Comparison, result: Result, users_limit: float | None) -> tuple[Refusal, ...]:
    """Return what speaks against a topology whatever it costs."""
    found: list[Refusal] = []
    if not result.feasible:
        found.append(Refusal.INFEASIBLE)
    elif result.monthly_cost is None:
        found.append(Refusal.NO_PRICE)
    elif result.sum_monthly is None:
        found.append(Refusal.NO_LOSS)
    if result.tightest().headroom < -ROUNDING:
        found.append(Refusal.OVERLOADED)
    if users_limit is not None and shared_users(comparison.factory.sizer.rows.users, result.plan) > users_limit + 1e-12:
        found.append(Refusal.TOO_MANY_USERS)
    return tuple(found)


def _candidate(comparison: Comparison, result: Result, least: Decimal | None, refusals: tuple[Refusal, ...]) -> Candidate:
    tightest = result.tightest()
    own = result.sum_monthly
    return Candidate(
        result.name,
        own,
        None if own is None or least is None else own - least,
        refusals,
        tightest.headroom,
        tightest.resource,
        shared_users(comparison.factory.sizer.rows.users, result.plan),
    )
