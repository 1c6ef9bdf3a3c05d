"""[money], [purchase] and [labour]: what is paid, how it is bought, who works on it.

`discount_rate` is the yearly rate at which the group values later money, such as 0.06; with it, the net present value of the cash flow
stands beside its plain sum. Left out, none is shown: a rate is a decision, never a default.
"""

from collections.abc import Mapping
from decimal import Decimal

from workbench.study.cells import words
from workbench.study.durations import days, months
from workbench.study.estate import Exchange, Labour, Money, Purchase
from workbench.study.findings import RuleError
from workbench.study.section import Section
from workbench.study.values import day, month_day, number, one_of, positive, text

_COMMIT_KEYS = ("share", "term", "payment")


def read_money(section: Section) -> Money:
    """Return currency, exchange rates, budget and charge-back rule."""
    section.require("currency", 'currency = "EUR"')
    own = section.read("currency", currency, "EUR")
    return Money(
        currency=own,
        exchange=_exchange(section.child("exchange"), own),
        fiscal_year_starts=section.read("fiscal_year_starts", month_day, (1, 1)),
        budget=_amounts(section.child("budget")),
        chargeback=section.read("chargeback", one_of("peak", "use", "even"), "peak"),
        risk_weight=section.read("risk_weight", number, Decimal(1)),
        discount_rate=section.read("discount_rate", _discount, None),
    )


def read_purchase(section: Section) -> Purchase:
    """Return the rule by which capacity is bought."""
    commit = section.child("commit")
    return Purchase(
        step_months=section.read("steps", _steps, 3 if "steps" not in section else None),
        lead_time_days=section.read("lead_time", days, 42.0),
        commit_share=commit.read("share", _commit_share, Decimal(0)),
        commit_term_months=commit.read("term", months, 12),
        commit_payment=commit.read("payment", one_of("monthly", "upfront", "partial"), "monthly"),
    )


def read_labour(section: Section) -> Labour:
    """Return hours and their price; missing ones count as nothing, which is a warning."""
    if "per_hour" not in section:
        section.warn("per_hour", "is missing: work is counted as free", "e.g. per_hour = 85")
    return Labour(
        per_hour=section.read("per_hour", number, Decimal(0)),
        hours_per_month=_known_amounts(section.child("hours_per_month"), ("pool", "environment", "regulated")),
        hours_per_release=_known_amounts(section.child("hours_per_release"), ("pool", "environment")),
        releases_per_year=section.read("releases_per_year", number, Decimal(0)),
    )


def currency(value: object) -> str:
    """Return a currency code of three capital letters."""
    found = text(value)
    if len(found) != 3 or not (found.isascii() and found.isalpha() and found.isupper()):
        raise RuleError("is no currency code", 'use the three letters of ISO 4217, e.g. "EUR"')
    return found


def _discount(value: object) -> Decimal:
    """Return a yearly rate as a fraction."""
    found = number(value)
    if found >= 1:
        raise RuleError("is no yearly rate", "write it as a fraction, e.g. 0.06 for six per cent")
    return found


def _exchange(section: Section, own: str) -> tuple[Exchange, ...]:
    day_of_rate = section.read("date", day, None)
    source = section.read("source", text, "")
    rates = []
    for code in section.names:
        if code in {"date", "source"}:
            continue
        rate = section.read(code, positive, None)
        if code == own:
            section.reject(code, "is the study's own currency", "remove it")
        elif rate is not None and _is_currency(section, code):
            rates.append(Exchange(code, rate, day_of_rate, source))
    if rates and (day_of_rate is None or not source):
        section.warn(
            "date" if day_of_rate is None else "source", "is missing: the rate cannot be traced", 'e.g. date = 2026-10-30, source = "…"'
        )
    return tuple(rates)


def _is_currency(section: Section, code: str) -> bool:
    try:
        currency(code)
    except RuleError as broken:
        section.reject(code, broken.rule, broken.fix)
        return False
    return True


def _amounts(section: Section) -> Mapping[str, Decimal]:
    read = {key: section.read(key, number, None) for key in section.names}
    return {key: amount for key, amount in read.items() if amount is not None}


def _known_amounts(section: Section, known: tuple[str, ...]) -> Mapping[str, Decimal]:
    read = {key: section.read(key, number, None) for key in known}
    return {key: amount for key, amount in read.items() if amount is not None}


def _steps(value: object) -> int | None:
    return None if words(value) == "once" else months(value)


def _commit_share(value: object) -> Decimal | str:
    if words(value) == "stable":
        return "stable"
    found = number(value)
    if found > 1:
        raise RuleError('must be a share from 0 to 1 or "stable"', "e.g. 0.6")
    return found
