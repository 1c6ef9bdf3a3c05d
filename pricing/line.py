"""One line of a bill: what is bought for which pool, at which price, and what it comes to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pricing.exchange import ExchangeRate, convert
from pricing.gaps import PriceGap
from pricing.money import NOTHING, check_decimal, round_money
from pricing.price import Price, PriceKind, Purchase, Spend
from pricing.schedule import Schedule


class Block(StrEnum):
    """The three kinds of money that are spent; expected loss is none of them."""

    INFRASTRUCTURE = "infrastructure"
    LABOUR = "labour"
    ONE_OFF = "one_off"


@dataclass(frozen=True, slots=True)
class Item:
    """What a purchase is for."""

    line_key: str
    """Unique within a bill."""
    block: Block
    layer: str
    pool: str
    tenants: tuple[str, ...] = ()
    environment: str = ""
    description: str = ""
    reason: str = ""
    region: str = ""
    """Where it runs; empty: the region of the price."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a bill, net of tax; amounts of money are in `currency`, rounded to the cent, None when the price is missing."""

    line_key: str
    """Unique within a bill."""
    block: Block
    layer: str
    environment: str
    pool: str
    tenants: tuple[str, ...]
    """Names of the tenants the line is for."""
    provider: str
    region: str
    offer: str
    description: str
    purchase: Purchase
    term_months: int | None
    quantity: Decimal
    """Units a month."""
    unit: str
    unit_price: Decimal | None
    """Unrounded, in the price's currency."""
    price_currency: str | None
    price_date: date | None
    price_kind: PriceKind | None
    price_source: str
    """Who says the price; when it is missing, what is missing and how to supply it."""
    exchange_rate: Decimal | None
    exchange_date: date | None
    currency: str
    spend: Spend
    upfront_cost: Decimal | None
    """Fees paid upfront within the horizon."""
    monthly_cost: Decimal | None
    """Share of the bill in the last month of the horizon, fees spread over their term; 0 for one-offs and what has ended."""
    horizon_cash: Decimal | None
    """Paid within the horizon."""
    horizon_cost: Decimal | None
    """Used up within the horizon: fees spread over their term."""
    committed_beyond_horizon: Decimal | None
    """What the running term still costs after the horizon, paid already or not; with horizon_cost the whole terms."""
    first_month: int
    """Month of the horizon, from 0."""
    last_month: int
    """Inclusive."""
    reason: str

    @property
    def missing(self) -> bool:
        """Whether the line has no price."""
        return self.unit_price is None

    def schedule(self) -> Schedule | None:
        """Return when the money moves, or None without a price."""
        if self.horizon_cash is None or self.upfront_cost is None:
            return None
        months, term = self.last_month - self.first_month + 1, self.term_months or 1
        payments = -(-months // term)
        monthly = (self.horizon_cash - self.upfront_cost) / months
        return Schedule(monthly, self.upfront_cost / payments, term, self.first_month, self.last_month)


def make_line(
    item: Item,
    price: Price | PriceGap,
    quantity: Decimal,
    *,
    exchange: ExchangeRate,
    horizon_months: int,
    instances: int | None = None,
    first_month: int = 0,
    last_month: int | None = None,
) -> Line:
    """Return the line of a purchase, or one without amounts for a price that is missing.

    The amount of a month is quantity (units a month) x unit price x exchange rate, rounded once. An upfront fee is due for each of
    `instances` at the start of each term. `last_month` is the end of the horizon unless given, for a one-off its first month.
    A purchase with a term cannot end within it.
    """
    check_decimal(f"quantity of line {item.line_key}", quantity)
    if last_month is None:
        last_month = first_month if item.block is Block.ONE_OFF else horizon_months - 1
    if not 0 <= first_month <= last_month < horizon_months:
        raise ValueError(
            f"line {item.line_key} runs from month {first_month} to {last_month}: "
            f"the first month comes before the last, both from 0 to {horizon_months - 1}"
        )
    if isinstance(price, PriceGap):
        return _unpriced_line(item, price, quantity, into=exchange.into, months=(first_month, last_month))
    schedule = _plan(item, price, quantity, exchange=exchange, instances=instances, months=(first_month, last_month))
    if last_month < horizon_months - 1 and schedule.months_left:
        raise ValueError(
            f"line {item.line_key} ends in month {last_month}, but {price.offer_id} is bound for {price.term_months} months: "
            f"let it run to month {min(last_month + schedule.months_left, horizon_months - 1)}"
        )
    return _priced_line(item, price, quantity, exchange=exchange, schedule=schedule, horizon_months=horizon_months)


def _plan(
    item: Item, price: Price, quantity: Decimal, *, exchange: ExchangeRate, instances: int | None, months: tuple[int, int]
) -> Schedule:
    if exchange.currency != price.currency:
        raise ValueError(
            f"line {item.line_key} is priced in {price.currency}, not in {exchange.currency}: pass the rate of {price.currency}"
        )
    if price.upfront and instances is None:
        raise ValueError(f"line {item.line_key} pays {price.upfront} {price.currency} upfront: say for how many instances")
    return Schedule(
        monthly=round_money(convert(quantity * price.amount, exchange)),
        fee=round_money(convert(price.upfront * (instances or 0), exchange)),
        term_months=price.term_months or 1,
        first_month=months[0],
        last_month=months[1],
    )


def _priced_line(item: Item, price: Price, quantity: Decimal, *, exchange: ExchangeRate, schedule: Schedule, horizon_months: int) -> Line:
    one_off = item.block is Block.ONE_OFF
    bound = schedule.last_month == horizon_months - 1
    return Line(
        line_key=item.line_key,
        block=item.block,
        layer=item.layer,
        environment=item.environment,
        pool=item.pool,
        tenants=item.tenants,
        provider=price.offer_id.partition("/")[0],
        region=item.region or price.region,
        offer=price.offer_id,
        description=item.description,
        purchase=price.purchase,
        term_months=price.term_months,
        quantity=quantity,
        unit=price.unit,
        unit_price=price.amount,
        price_currency=price.currency,
        price_date=price.as_of,
        price_kind=price.kind,
        price_source=price.source,
        exchange_rate=exchange.rate,
        exchange_date=exchange.date,
        currency=exchange.into,
        spend=price.spend,
        upfront_cost=schedule.fees,
        monthly_cost=NOTHING if one_off else schedule.cost_in(horizon_months - 1),
        horizon_cash=schedule.cash,
        horizon_cost=schedule.cost,
        committed_beyond_horizon=schedule.beyond if bound else NOTHING,
        first_month=schedule.first_month,
        last_month=schedule.last_month,
        reason=item.reason,
    )


def _unpriced_line(item: Item, gap: PriceGap, quantity: Decimal, *, into: str, months: tuple[int, int]) -> Line:
    return Line(
        line_key=item.line_key,
        block=item.block,
        layer=item.layer,
        environment=item.environment,
        pool=item.pool,
        tenants=item.tenants,
        provider=gap.offer_id.partition("/")[0],
        region=item.region or gap.region,
        offer=gap.offer_id,
        description=item.description,
        purchase=Purchase(gap.purchase),
        term_months=gap.term_months,
        quantity=quantity,
        unit=gap.unit,
        unit_price=None,
        price_currency=None,
        price_date=None,
        price_kind=None,
        price_source=gap.message,
        exchange_rate=None,
        exchange_date=None,
        currency=into,
        spend=Spend.OPEX,
        upfront_cost=None,
        monthly_cost=None,
        horizon_cash=None,
        horizon_cost=None,
        committed_beyond_horizon=None,
        first_month=months[0],
        last_month=months[1],
        reason=item.reason,
    )
