"""The same pools bought by the other rule: as demand grows, or everything on day one."""

from dataclasses import dataclass, replace
from decimal import Decimal

from workbench.pipeline.session import Session

USUAL_STEP_MONTHS = 3
"""Months between purchases where the study buys at once: a quarter, the rhythm of most budgets; a belief."""


@dataclass(frozen=True, slots=True)
class OtherRule:
    """What a topology costs if its pools are bought by the rule that the study does not follow."""

    step_months: int | None
    """Months between purchases; None: everything on day one."""
    monthly_cost: Decimal | None
    total_cost: Decimal | None
    committed_beyond: Decimal | None


def other_rule(session: Session, topology: str) -> OtherRule:
    """Return the cost of a topology under the other rule; the hybrid keeps its pools, what runs today its machines."""
    purchase = session.original.purchase
    step = USUAL_STEP_MONTHS if purchase.step_months is None else None
    original = replace(session.original, purchase=replace(purchase, step_months=step))
    session.result(topology)  # the partition that is held
    other = replace(session, original=original).edited(session.edits, session.scenario, hold_partition=True)
    result = other.result(topology)
    return OtherRule(step, result.monthly_cost, result.total_cost, result.bill.committed_beyond if result.feasible else None)
