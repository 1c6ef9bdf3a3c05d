"""A bill: lines that add up, month by month and to the cent, or a list of the prices that are missing."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pricing.line import Block, Item, Line, make_line
from pricing.money import NOTHING
from pricing.price import PriceKind

__all__ = ["Bill", "Block", "CashFlow", "Item", "Line", "make_line"]


@dataclass(frozen=True, slots=True)
class CashFlow:
    """What one line costs in one month; None when its price is missing."""

    month: int
    """Month of the horizon, from 0."""
    line_key: str
    block: Block
    cash: Decimal | None
    """Paid in this month."""
    amortised: Decimal | None
    """Used up in this month: fees spread over their term."""


@dataclass(frozen=True, slots=True)
class Bill:
    """The lines of one topology; every total is a sum of lines, and None while a price is missing."""

    lines: tuple[Line, ...]
    horizon_months: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse lines that do not belong together."""
        if self.horizon_months < 1:
            raise ValueError(f"horizon is {self.horizon_months} months: a bill covers at least one")
        twice = [key for key, count in Counter(line.line_key for line in self.lines).items() if count > 1]
        if twice:
            raise ValueError(f"lines {', '.join(sorted(twice))} stand twice on the bill: a line_key is unique")
        for line in self.lines:
            if line.currency != self.currency:
                raise ValueError(f"line {line.line_key} is in {line.currency} on a bill in {self.currency}: convert it first")
            if line.last_month >= self.horizon_months:
                raise ValueError(
                    f"line {line.line_key} runs to month {line.last_month}, beyond the horizon of {self.horizon_months} months"
                )

    @property
    def missing(self) -> tuple[str, ...]:
        """Every missing price once, with the way to supply it."""
        return tuple(dict.fromkeys(line.price_source for line in self.lines if line.missing))

    @property
    def monthly_cost(self) -> Decimal | None:
        """Infrastructure and labour in the last month of the horizon, fees spread over their term, without one-offs."""
        return _total(self.lines, _monthly)

    @property
    def total_cost(self) -> Decimal | None:
        """Cash paid within the horizon, one-offs and upfront fees included; the sum of the cash flow."""
        return _total(self.lines, lambda line: line.horizon_cash)

    @property
    def amortised_total(self) -> Decimal | None:
        """Used up within the horizon, one-offs included, fees spread over their term."""
        return _total(self.lines, lambda line: line.horizon_cost)

    @property
    def committed_beyond(self) -> Decimal | None:
        """What running terms still cost after the horizon."""
        return _total(self.lines, lambda line: line.committed_beyond_horizon)

    @property
    def upfront_cost(self) -> Decimal | None:
        """Fees paid upfront within the horizon."""
        return _total(self.lines, lambda line: line.upfront_cost)

    @property
    def assumed_share(self) -> Decimal | None:
        """Share of the monthly cost that rests on assumed prices, 0 to 1."""
        total = self.monthly_cost
        assumed = _total(tuple(line for line in self.lines if line.price_kind is PriceKind.ASSUMED), _monthly)
        return None if total is None or assumed is None else assumed / total if total else Decimal(0)

    @property
    def price_dates(self) -> tuple[date, date] | None:
        """The oldest and the newest day of the dated prices used."""
        days = [line.price_date for line in self.lines if line.price_date]
        return (min(days), max(days)) if days else None

    @property
    def undated(self) -> tuple[str, ...]:
        """Offers whose list or quoted price has no day, sorted."""
        return tuple(sorted({line.offer for line in self.lines if line.price_date is None and line.price_kind in _DATED_KINDS}))

    def by_layer(self) -> Mapping[str, Decimal | None]:
        """Return the monthly cost of each layer, in the order of the lines; None where a price is missing."""
        return _grouped(self.lines, lambda line: line.layer)

    def by_pool(self) -> Mapping[str, Decimal | None]:
        """Return the monthly cost of each pool, in the order of the lines."""
        return _grouped(self.lines, lambda line: line.pool)

    def by_block(self) -> Mapping[str, Decimal | None]:
        """Return what is paid within the horizon by block."""
        return {block: _total(tuple(line for line in self.lines if line.block is block), lambda line: line.horizon_cash) for block in Block}

    def cash_flow(self) -> tuple[CashFlow, ...]:
        """Return each line's months, line by line; cash sums to `total_cost`, amortised to `amortised_total`."""
        return tuple(flow for line in self.lines for flow in _flows(line))

    def paid_by_month(self) -> tuple[Decimal | None, ...]:
        """Return what is paid in each month of the horizon; all None while a price is missing."""
        if self.missing:
            return (None,) * self.horizon_months
        paid = [NOTHING] * self.horizon_months
        for flow in self.cash_flow():
            paid[flow.month] += flow.cash or NOTHING
        return tuple(paid)


_DATED_KINDS = (PriceKind.LIST, PriceKind.QUOTE)


def _monthly(line: Line) -> Decimal | None:
    return line.monthly_cost


def _flows(line: Line) -> tuple[CashFlow, ...]:
    schedule = line.schedule()
    months = range(line.first_month, line.last_month + 1)
    if schedule is None:
        return tuple(CashFlow(month, line.line_key, line.block, None, None) for month in months)
    return tuple(CashFlow(month, line.line_key, line.block, schedule.cash_in(month), schedule.cost_in(month)) for month in months)


def _total(lines: tuple[Line, ...], figure: Callable[[Line], Decimal | None]) -> Decimal | None:
    total = NOTHING
    for line in lines:
        amount = figure(line)
        if amount is None:
            return None
        total += amount
    return total


def _grouped(lines: tuple[Line, ...], key: Callable[[Line], str]) -> Mapping[str, Decimal | None]:
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    return {name: _total(tuple(members), _monthly) for name, members in groups.items()}
