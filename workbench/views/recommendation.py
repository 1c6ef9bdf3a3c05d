"""The recommendation in sentences: what to run, why, and what would change that."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.decision import Decision
from workbench.pipeline.differences import PairedDifference
from workbench.pipeline.recommendation import Candidate, Recommendation, Refusal
from workbench.pipeline.sensitivity import BreakEven
from workbench.views.text import about, money, resource_name, share

NEAREST = 2
"""Break-evens that are said; the table holds all."""


def recommendation_text(comparison: Comparison, decision: Decision) -> tuple[str, ...]:
    """Return the recommendation in two sentences, then a sentence for every topology that cannot be chosen."""
    found = decision.recommendation
    refused = tuple(
        f"{one.name}{_dearer(comparison, one)} is no choice: {refusal_text(one, found)}" for one in found.candidates if one.refusals
    )
    if found.chosen is None:
        return ("nothing can be recommended: no topology carries the plan within the limits", *refused)
    return (_first(comparison, found), _second(decision), *_limit(comparison, decision), *refused)


def refusal_text(candidate: Candidate, found: Recommendation) -> str:
    """Return what speaks against a topology whatever it costs."""
    said = {
        Refusal.INFEASIBLE: "no allowed offer carries one of its pools",
        Refusal.NO_PRICE: "a price is missing, so that it has no total",
        Refusal.NO_LOSS: "a downtime cost is unknown, so that it has no sum",
        Refusal.OVERLOADED: f"headroom {share(candidate.headroom).text} ({resource_name(candidate.resource)}) within the horizon",
        Refusal.TOO_MANY_USERS: f"a shared pool serves {share(candidate.users_share).text} of users, "
        f"the limit is {share(found.users_limit).text}",
    }
    return "; ".join(said[one] for one in candidate.refusals)


def difference_text(comparison: Comparison, found: PairedDifference) -> str:
    """Return a paired difference over the horizon with its 90 % range, and whether it is clear."""
    ranged = found.with_loss or found.cash
    what = "cash and expected loss" if found.with_loss is not None else "cash"
    low, mean, high = (about(value, comparison.currency).text for value in (ranged.p05, ranged.mean, ranged.p95))
    clear = "the difference is clear" if ranged.clear else "no clear difference"
    return f"{found.one} less {found.other}, {what} of the horizon in {comparison.currency}: {mean} (90 % within {low} … {high}); {clear}"


def break_even_text(one: BreakEven) -> str:
    """Return a break-even in words."""
    return f"{one.what} × {one.times:.2f} ({one.other} is cheaper beyond it)" if one.times is not None else f"{one.what}: never"


def _limit(comparison: Comparison, decision: Decision) -> tuple[str, ...]:
    limit = decision.recommendation.users_limit
    if decision.limit_costs is None or limit is None:
        return ()
    return (
        f"The limit of {share(limit).text} of users a shared pool costs {money(decision.limit_costs, comparison.currency).text} a month.",
    )


def _dearer(comparison: Comparison, one: Candidate) -> str:
    if one.beyond is None:
        return ""
    return f" ({money(abs(one.beyond), comparison.currency).text} {'more' if one.beyond >= 0 else 'less'} a month)"


def _first(comparison: Comparison, found: Recommendation) -> str:
    result = comparison.result(found.chosen or "")
    sums = money(result.sum_monthly, comparison.currency).text
    bill, loss = (money(amount, comparison.currency).text for amount in (result.monthly_cost, result.expected_loss_monthly))
    start = (
        f"Run {found.chosen}: {sums} {comparison.currency} a month with its risk (bill {bill}, expected loss {loss}), "
        "the least of what carries the plan within the limits"
    )
    if found.runner_up is None:
        return f"{start}; nothing else does."
    more = money(found.candidate(found.runner_up).beyond, comparison.currency).text
    ranged = None if found.difference is None else found.difference.with_loss or found.difference.cash
    clear = "is not known path by path" if ranged is None else "is clear" if ranged.clear else "is not clear: 90 % of the paths hold zero"
    return f"{start}; {found.runner_up} costs {more} more, and the difference {clear}."


def _second(decision: Decision) -> str:
    eligible = decision.recommendation.eligible
    turning = [one for one in decision.break_evens if one.times is not None and one.other in eligible]
    turned = [row.what.value for row in decision.swings if row.turns]
    if turned:
        start = f"Ten per cent of {' or '.join(turned)} would turn it"
    elif len(eligible) > 1:
        start = "No ten per cent of what was varied turn it"
    else:
        return "It stays whatever prices, exchange, labour and failure rates do, as long as nothing else may be chosen."
    nearest = ", ".join(break_even_text(one) for one in turning[:NEAREST])
    return f"{start}; it turns at {nearest}." if nearest else f"{start}, and no multiple of a single input does."
