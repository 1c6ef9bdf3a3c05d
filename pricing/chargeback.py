"""Who pays which part of a bill: shares by peak, by use or evenly, that sum to the bill to the cent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import lcm

from pricing.bill import Bill, Block, Line
from pricing.money import CENT, NOTHING


class Rule(StrEnum):
    """What a tenant's share follows."""

    PEAK = "peak"
    USE = "use"
    EVEN = "even"


@dataclass(frozen=True, slots=True)
class Charge:
    """What one tenant pays for one pool in one month."""

    month: int
    """Month of the horizon, from 0."""
    tenant: str
    block: Block
    layer: str
    pool: str
    rule: Rule
    """The rule applied: even where the weights of a pool are all zero."""
    share: Decimal
    """Part of the pool's amount, before rounding."""
    currency: str
    amount: Decimal


def allocate(amount: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Split an amount of whole cents by weights; the parts sum to it exactly.

    Largest remainder (Hamilton, 1792): everybody gets the cents rounded down, the cents left go to the largest remainders, ties to the
    first. Weights that are all zero split evenly.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError(f"weights are {[str(weight) for weight in weights]}: give at least one, none negative")
    cents = abs(amount) / CENT
    if cents != cents.to_integral_value():
        raise ValueError(f"amount is {amount}: round it to the cent before it is split")
    parts = _integers(weights)
    total = sum(parts)
    down = [int(cents) * part // total for part in parts]
    remainders = [int(cents) * part % total for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda index: -remainders[index])
    for index in by_remainder[: int(cents) - sum(down)]:
        down[index] += 1
    sign = -CENT if amount < 0 else CENT
    return tuple(part * sign for part in down)


def charge_back(bill: Bill, rule: Rule, weights: Mapping[str, Mapping[str, Decimal]]) -> tuple[Charge, ...]:
    """Return what every tenant pays month by month; the sum is the bill's `amortised_total`.

    `weights`: pool to tenant to peak or use; not needed for the rule even. A tenant without a weight in a pool that has some pays
    nothing there. Lines for nobody in particular are shared by all tenants on the bill. Raises ValueError while a price is missing.
    """
    if bill.missing:
        raise ValueError(f"a bill with missing prices cannot be charged back: {'; '.join(bill.missing)}")
    everyone = tuple(sorted({tenant for line in bill.lines for tenant in line.tenants}))
    if bill.lines and not everyone:
        raise ValueError("no line of the bill names a tenant: there is nobody to charge")
    charges: list[Charge] = []
    for lines in _groups(bill.lines):
        tenants = tuple(sorted(lines[0].tenants)) or everyone
        chosen = _weights(tenants, {} if rule is Rule.EVEN else weights.get(lines[0].pool, {}))
        applied = rule if any(chosen) else Rule.EVEN
        schedules = tuple(schedule for line in lines if (schedule := line.schedule()))
        for month in range(min(line.first_month for line in lines), max(line.last_month for line in lines) + 1):
            amount = sum((schedule.cost_in(month) for schedule in schedules), NOTHING)
            charges.extend(_charges(lines[0], month, amount, dict(zip(tenants, chosen, strict=True)), applied))
    return tuple(charges)


def _integers(weights: Sequence[Decimal]) -> list[int]:
    """Scale weights to whole numbers of the same proportions, so that the split is exact; all zero become ones."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    scale = lcm(*(denominator for _, denominator in ratios))
    whole = [numerator * (scale // denominator) for numerator, denominator in ratios]
    return whole if any(whole) else [1] * len(whole)


def _groups(lines: Sequence[Line]) -> tuple[tuple[Line, ...], ...]:
    groups: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.block, line.layer, line.pool, tuple(sorted(line.tenants))), []).append(line)
    return tuple(tuple(group) for group in groups.values())


def _weights(tenants: Sequence[str], weights: Mapping[str, Decimal]) -> tuple[Decimal, ...]:
    return tuple(weights.get(tenant, Decimal(0)) for tenant in tenants)


def _charges(line: Line, month: int, amount: Decimal, weights: Mapping[str, Decimal], rule: Rule) -> Iterator[Charge]:
    total = sum(weights.values(), Decimal(0))
    parts = allocate(amount, tuple(weights.values()))
    for (tenant, weight), part in zip(weights.items(), parts, strict=True):
        share = weight / total if total else Decimal(1) / len(weights)
        yield Charge(month, tenant, line.block, line.layer, line.pool, rule, share, line.currency, part)
