"""What would change the ranking: inputs ten per cent up and down, and the multiple at which another topology wins.

Partitions and purchases are held. Prices, exchange, labour and failure rates then enter the sum linearly, so that their break-evens are
exact; growth is sized again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pricing.bill import Block
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result

STEP = 0.10
LOOKED_AT = (0.5, 0.0, 1.5, 2.0, 3.0)
"""Multiples of growth at which the topologies are sized, beside those of the table."""
HALVINGS = 5
"""After a change of sign between two of them: the multiple is known to a sixteenth or better."""
Sums = Mapping[str, float]
"""Topology to its monthly sum, those with one."""
Sized = Callable[[float], Sums]
"""Multiple of growth to the sums of the held partitions."""


class Input(StrEnum):
    """What the recommendation rests on."""

    GROWTH = "growth"
    PRICE = "price"
    EXCHANGE = "exchange"
    LABOUR = "labour"
    FAILURES = "failure rate"


@dataclass(frozen=True, slots=True)
class MonthlyParts:
    """What the monthly sum of a topology is made of, study currency."""

    domestic: float
    """Infrastructure priced in the study's currency."""
    foreign: float
    """Infrastructure priced in others."""
    labour: float
    loss: float
    """Weighted expected loss."""
    offers: Mapping[str, float]
    """Offer to its part of the infrastructure."""

    def total(self, what: Input | None = None, times: float = 1.0) -> float:
        """Return the monthly sum with one input multiplied."""
        price, exchange, labour, failures = (
            times if what == one else 1.0 for one in (Input.PRICE, Input.EXCHANGE, Input.LABOUR, Input.FAILURES)
        )
        return price * (self.domestic + exchange * self.foreign) + labour * self.labour + failures * self.loss


@dataclass(frozen=True, slots=True)
class Swing:
    """What ten per cent of an input do to the ranking."""

    what: Input
    low: tuple[str, ...]
    """Ranking of all topologies at 0.9 times the input, the least sum first."""
    high: tuple[str, ...]
    """Ranking at 1.1 times."""
    low_margin: float | None
    """Sum of the best other choice that can be chosen less that of the recommended one at 0.9 times; negative: the other one wins."""
    high_margin: float | None
    turns: bool
    """Whether another one comes first at either."""

    @property
    def effect(self) -> float:
        """How much the margin moves between the two; 0 without a margin."""
        return 0.0 if self.low_margin is None or self.high_margin is None else abs(self.high_margin - self.low_margin)


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The multiple of an input at which another topology has the smaller sum."""

    what: str
    """An input, or "price of" an offer."""
    other: str
    times: float | None
    """None: at no multiple, or none between those looked at."""


def monthly_parts(result: Result, currency: str) -> MonthlyParts | None:
    """Return what a topology's sum is made of; None if it has none."""
    loss = result.expected_loss_monthly
    if result.sum_monthly is None or loss is None:
        return None
    domestic = foreign = labour = 0.0
    offers: dict[str, float] = {}
    for line in result.bill.lines:
        amount = float(line.monthly_cost or Decimal(0))
        if line.block == Block.LABOUR:
            labour += amount
            continue
        offers[line.offer] = offers.get(line.offer, 0.0) + amount
        if line.price_currency in (None, currency):
            domestic += amount
        else:
            foreign += amount
    return MonthlyParts(domestic, foreign, labour, float(result.risk_weight * loss), offers)


def parts_of_all(comparison: Comparison) -> dict[str, MonthlyParts]:
    """Return the parts of every topology that has a sum."""
    found = {result.name: monthly_parts(result, comparison.currency) for result in comparison.results}
    return {name: parts for name, parts in found.items() if parts is not None}


def swings(parts: Mapping[str, MonthlyParts], chosen: str, choices: Sequence[str], growth: Sized | None = None) -> tuple[Swing, ...]:
    """Return the table of sensitivities, the largest effect on the margin among the choices first; without `growth` its row is left out."""
    rows = [
        _swing(what, chosen, choices, *({name: one.total(what, times) for name, one in parts.items()} for times in (1 - STEP, 1 + STEP)))
        for what in Input
        if what != Input.GROWTH
    ]
    if growth is not None:
        rows.append(_swing(Input.GROWTH, chosen, choices, growth(1 - STEP), growth(1 + STEP)))
    return tuple(sorted(rows, key=lambda row: (-row.effect, row.what)))


def break_evens(parts: Mapping[str, MonthlyParts], chosen: str, growth: Sized | None = None) -> tuple[BreakEven, ...]:
    """Return for every other topology and input where it wins, the nearest multiple first; those that never do last."""
    mine = parts[chosen]
    found: list[BreakEven] = []
    for other, theirs in parts.items():
        if other == chosen:
            continue
        found += [
            BreakEven(str(what), other, _linear(theirs.total() - mine.total(), theirs.total(what, 2.0) - mine.total(what, 2.0)))
            for what in Input
            if what != Input.GROWTH
        ]
        if growth is not None:
            found.append(BreakEven(str(Input.GROWTH), other, _searched(growth, chosen, other)))
        found += _of_offers(mine, theirs, other)
    return tuple(sorted(found, key=lambda one: (one.times is None, abs((one.times or 1.0) - 1.0), one.what, one.other)))


def _of_offers(mine: MonthlyParts, theirs: MonthlyParts, other: str) -> list[BreakEven]:
    """Return the break-even of the offer that the two differ most in."""
    gap = {offer: theirs.offers.get(offer, 0.0) - mine.offers.get(offer, 0.0) for offer in {*mine.offers, *theirs.offers}}
    if not gap:
        return []
    offer = max(gap, key=lambda one: (abs(gap[one]), one))
    margin = theirs.total() - mine.total()
    return [BreakEven(f"price of {offer}", other, _linear(margin, margin + gap[offer]))]


def _linear(at_one: float, at_two: float) -> float | None:
    """Return the multiple above 0 at which a margin linear in it vanishes."""
    slope = at_two - at_one
    if abs(slope) < 1e-9:
        return None
    times = 1.0 - at_one / slope
    return times if times >= 0 else None


def _searched(growth: Sized, chosen: str, other: str) -> float | None:
    """Return the multiple of growth nearest to one at which the margin changes sign, by halving; None within those looked at."""

    def margin(times: float) -> float:
        sums = growth(times)
        return sums[other] - sums[chosen] if chosen in sums and other in sums else float("nan")

    now = margin(1.0)
    ladders = (sorted(t for t in (*LOOKED_AT, 1 + STEP) if t > 1), sorted((t for t in (*LOOKED_AT, 1 - STEP) if t < 1), reverse=True))
    found = [_crossing(margin, now, ladder) for ladder in ladders]
    return min((one for one in found if one is not None), key=lambda one: abs(one - 1.0), default=None)


def _crossing(margin: Callable[[float], float], now: float, ladder: Sequence[float]) -> float | None:
    near = 1.0
    for far in ladder:
        if margin(far) * now < 0:
            return _halved(margin, now, near, far)
        near = far
    return None


def _halved(margin: Callable[[float], float], now: float, near: float, far: float) -> float:
    """Return the multiple at which the sign has changed, between one that has the sign of now and one that has not."""
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        near, far = (near, middle) if margin(middle) * now < 0 else (middle, far)
    return far


def _swing(what: Input, chosen: str, choices: Sequence[str], low: Sums, high: Sums) -> Swing:
    margins = [_margin(sums, chosen, choices) for sums in (low, high)]
    return Swing(what, _ranked(low), _ranked(high), margins[0], margins[1], any(margin is not None and margin < 0 for margin in margins))


def _ranked(sums: Sums) -> tuple[str, ...]:
    return tuple(sorted(sums, key=lambda name: (sums[name], name)))


def _margin(sums: Sums, chosen: str, choices: Sequence[str]) -> float | None:
    others = [amount for name, amount in sums.items() if name != chosen and name in choices]
    return min(others) - sums[chosen] if others and chosen in sums else None
