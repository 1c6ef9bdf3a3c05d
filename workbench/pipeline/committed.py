"""What is bought for a term: whether it pays, how much of it is used, and whether it outlives the need."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import numpy as np
from numpy.typing import NDArray

from pricing.bill import Line
from pricing.commitments import break_even_months, break_even_share, commitment, effective_hourly, outlive_probability
from pricing.gaps import PriceGap
from pricing.money import HOURS_PER_MONTH
from pricing.rents import Rent
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result
from workbench.pipeline.plan import TopologyKind
from workbench.pipeline.pools import Pool

MOST_POOLS = 200
"""Pools up to which every path is bought anew; for more only prices and terms are told."""


@dataclass(frozen=True, slots=True)
class CommittedOffer:
    """One offer that a pool has bought for a term."""

    pool: str
    offer: str
    term_months: int
    committed: Decimal
    """Machines bought for the term."""
    committed_hour: Decimal
    """Price of a machine's hour in the term, price's currency, fees spread."""
    on_demand_hour: Decimal | None
    """The same without a term; None if it is not sold by the hour."""
    currency: str
    """Of both prices."""
    break_even: Decimal | None
    """Share of the time from which the term is cheaper."""
    paid_back_months: Decimal | None
    """Months of full use after which an upfront fee has paid for itself; None without a fee, or if it never does."""
    used: Decimal | None
    """Share of what is committed that joint paths need, over the horizon.

    None for what runs today, which is not re-sized, and for more than MOST_POOLS pools."""
    level: Decimal | None
    """Machines to commit to by the newsvendor rule over the same paths."""
    outlived: Decimal | None
    """Probability that the need falls below what is committed within the horizon."""
    ends_after_months: int
    """Months of the running term beyond the horizon."""
    beyond: Decimal
    """What they cost, study currency."""


def committed_offers(comparison: Comparison, result: Result) -> tuple[CommittedOffer, ...]:
    """Return what a topology buys for a term, pool by pool; lines without a price are left out, the bill names them."""
    return tuple(_offers(comparison, result))


def _offers(comparison: Comparison, result: Result) -> Iterator[CommittedOffer]:
    pools = {pool.name: pool for pool in result.plan.pools}
    bound: dict[str, list[Line]] = {}
    for line in result.bill.lines:
        if line.purchase == "committed" and line.term_months and not line.missing:
            bound.setdefault(line.pool, []).append(line)
    walk = result.plan.kind != TopologyKind.CURRENT and len(bound) <= MOST_POOLS
    for name, lines in bound.items():
        yield from comparison.factory.of_pool(f"terms {walk}", pools[name], partial(_of_pool, comparison, pools[name], lines, walk=walk))


def _of_pool(comparison: Comparison, pool: Pool, lines: list[Line], *, walk: bool) -> tuple[CommittedOffer, ...]:
    groups: dict[tuple[str, str, int], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.offer, line.region, line.term_months or 1), []).append(line)
    found, book = [], comparison.factory.sizer.book
    for (offer, region, term), members in groups.items():
        needs = comparison.factory.path_machines(pool.layer, pool.tenants, offer) if walk else None
        bought, hourly = book.rents(offer, region, purchase="committed", term_months=term), book.rents(offer, region)
        if not isinstance(bought, PriceGap):
            found.append(_of_lines(comparison, members, (bought, () if isinstance(hourly, PriceGap) else hourly), needs))
    return tuple(found)


def _of_lines(
    comparison: Comparison, lines: list[Line], rents: tuple[tuple[Rent, ...], tuple[Rent, ...]], needs: NDArray[np.int64] | None
) -> CommittedOffer:
    bought, hourly = rents
    months, term = comparison.horizon_months, lines[0].term_months or 1
    hour = _hour(bought)
    by_hour = _hour(hourly) if hourly else None
    units = sum((rent.units_per_month for rent in bought), Decimal(0))
    count = sum((line.quantity for line in lines), Decimal(0)) / units
    share = None if by_hour is None or by_hour <= 0 else break_even_share(hour, by_hour)
    samples = None if needs is None else [Decimal(int(need)) for need in needs.ravel()]
    return CommittedOffer(
        pool=lines[0].pool,
        offer=lines[0].offer,
        term_months=term,
        committed=count,
        committed_hour=hour,
        on_demand_hour=by_hour,
        currency=bought[0].price.currency,
        break_even=share,
        paid_back_months=_paid_back(bought, hourly),
        used=None if samples is None or not count else sum((min(need, count) for need in samples), Decimal(0)) / (count * len(samples)),
        level=None if samples is None or by_hour is None or share is None else commitment(samples, hour, by_hour).level,
        outlived=None if needs is None else outlive_probability(_needed_months(needs, float(count)), months),
        ends_after_months=-months % term,
        beyond=sum((line.committed_beyond_horizon or Decimal(0) for line in lines), Decimal("0.00")),
    )


def _hour(rents: tuple[Rent, ...]) -> Decimal:
    return sum((effective_hourly(rent.price) for rent in rents), Decimal(0))


def _paid_back(bought: tuple[Rent, ...], hourly: tuple[Rent, ...]) -> Decimal | None:
    upfront = sum((rent.price.upfront for rent in bought), Decimal(0))
    recurring, by_hour = (sum((rent.price.per_month(HOURS_PER_MONTH) for rent in rents), Decimal(0)) for rents in (bought, hourly))
    return break_even_months(upfront, recurring, by_hour) if upfront and hourly else None


def _needed_months(needs: NDArray[np.int64], count: float) -> list[int]:
    """Return for each path how many months pass until fewer machines are needed than are committed."""
    enough = np.cumprod(needs >= count, axis=1)
    return [int(months) for months in enough.sum(axis=1)]
