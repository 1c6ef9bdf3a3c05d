"""How much to commit to, when it pays, and what it risks."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pricing.money import HOURS_PER_MONTH
from pricing.price import Price


@dataclass(frozen=True, slots=True)
class Commitment:
    """A level to commit to and what speaks for it."""

    level: Decimal
    """Units committed; 0 when committing never pays."""
    break_even_share: Decimal
    """Share of the time a unit must be needed for the commitment to pay, committed / on-demand price."""
    used_share: Decimal
    """Share of the committed units that the samples use; 1 when nothing is committed."""


def effective_hourly(price: Price) -> Decimal:
    """Return what an hour costs when the upfront fee is spread over its term: upfront / (term hours) + recurring price of an hour."""
    recurring = price.amount if price.unit == "hour" else price.amount / HOURS_PER_MONTH
    return recurring + price.upfront / ((price.term_months or 1) * HOURS_PER_MONTH)


def break_even_share(committed: Decimal, on_demand: Decimal) -> Decimal:
    """Return the share of the time from which a committed unit is cheaper than one by the hour."""
    if on_demand <= 0 or committed < 0:
        raise ValueError(f"committed {committed} against on demand {on_demand}: the on-demand price is above zero, none is negative")
    return committed / on_demand


def break_even_months(upfront: Decimal, committed_per_month: Decimal, on_demand_per_month: Decimal) -> Decimal | None:
    """Return after how many months of full use an upfront fee has paid for itself; None if it never does."""
    saved = on_demand_per_month - committed_per_month
    return None if saved <= 0 else upfront / saved


def commitment(needs: Sequence[Decimal], committed: Decimal, on_demand: Decimal) -> Commitment:
    """Return the level that costs least over samples of need, in whole steps of the samples.

    The newsvendor rule (Arrow, Harris and Marschak, 1951): commit up to the level L with P(need > L) = committed / on-demand price.
    `needs` are equally likely units needed at a time; prices are for one unit and one period.
    """
    if not needs:
        raise ValueError("no samples of need: commit only to what was measured or planned")
    share = break_even_share(committed, on_demand)
    ordered = sorted(needs)
    above = len(ordered)
    level = Decimal(0)
    for index, need in enumerate(ordered):
        if index == 0 or need != ordered[index - 1]:
            above = len(ordered) - index
        if Decimal(above) / len(ordered) <= share:
            break
        level = need
    used = sum((min(need, level) for need in ordered), Decimal(0))
    return Commitment(level, share, used / (level * len(ordered)) if level else Decimal(1))


def outlive_probability(last_months_needed: Sequence[int], term_months: int) -> Decimal:
    """Return the probability that the need ends before the term does.

    `last_months_needed`: for each equally likely path how many months the committed level is still needed, counted from the start.
    """
    if not last_months_needed or term_months < 1:
        raise ValueError(f"{len(last_months_needed)} paths against a term of {term_months} months: give at least one of each")
    ended = sum(1 for months in last_months_needed if months < term_months)
    return Decimal(ended) / len(last_months_needed)
