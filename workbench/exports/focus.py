"""FOCUS-shaped planned cost as CSV, checked by its own column rules before it is written."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal

from workbench.exports.csv_dialects import MACHINE, field_text, records_text
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.show_focus import FocusRow, focus_rows, without_total

REQUIRED = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart",
    "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "EffectiveCost",
    "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "ServiceCategory", "ServiceName",
)  # fmt: skip
"""Columns that every FOCUS 1.2 file has (FinOps Foundation, FOCUS 1.2, 2025)."""
CHARGE_CATEGORIES = frozenset({"Usage", "Purchase", "Tax", "Credit", "Adjustment"})
SERVICE_CATEGORIES = frozenset({
    "AI and Machine Learning", "Analytics", "Business Applications", "Compute", "Databases", "Developer Tools", "Identity", "Integration",
    "Internet of Things", "Management and Governance", "Media", "Migration", "Mobile", "Multicloud", "Networking", "Other", "Security",
    "Storage", "Web",
})  # fmt: skip
_DECIMAL = re.compile(r"-?\d+\.\d+")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_CURRENCY = re.compile(r"[A-Z]{3}")
_NULLABLE = frozenset({"ChargeClass"})
MOST_SAID = 5


def focus_csv(comparison: Comparison) -> tuple[str, tuple[str, ...]]:
    """Return the file's text, and the topologies left out for want of a total; raise ValueError if none is left or a column is wrong."""
    rows, left = focus_rows(comparison), without_total(comparison)
    if not rows:
        raise ValueError(f"no cost is planned to the end for {', '.join(left) or 'any topology'}: FOCUS has no amount for a missing price")
    names = tuple(focus_name(field.name) for field in fields(FocusRow))
    records = [[_text(getattr(row, field.name)) for field in fields(FocusRow)] for row in rows]
    wrong = check_focus(names, records)
    if wrong:
        raise ValueError(f"not in the shape of FOCUS: {'; '.join(wrong[:MOST_SAID])}")
    return records_text(names, records, MACHINE), left


def focus_name(field: str) -> str:
    """Return the column of a field: billed_cost is BilledCost, x_is_forecast is x_IsForecast."""
    own = field.startswith("x_")
    words = "".join(word.capitalize() for word in field.removeprefix("x_").split("_"))
    return f"x_{words}" if own else words


def _text(value: object) -> str:
    """Return a value as FOCUS writes it: days as UTC times, numbers with a point even when they are whole."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text if "." in text else f"{text}.0"
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00Z"
    return "" if value is None else field_text(value, MACHINE)


def check_focus(names: Sequence[str], records: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return what is wrong with a file's columns and values, a sentence each; empty if nothing is."""
    missing = [f"column {name} is missing" for name in REQUIRED if name not in names]
    own = [f"column {name} is neither FOCUS's nor begins with x_" for name in names if not re.fullmatch(r"x_\w+|[A-Z][A-Za-z]+", name)]
    values = [said for number, record in enumerate(records, 1) for said in _wrong(number, dict(zip(names, record, strict=True)))]
    return (*missing, *own, *values)


def _wrong(number: int, row: Mapping[str, str]) -> Iterator[str]:
    for name, value in row.items():
        rule = _RULES.get(name)
        if name in REQUIRED and not value and name not in _NULLABLE:
            yield f"row {number}: {name} is empty"
        elif rule is not None and value and not rule(value):
            yield f"row {number}: {name} is {value!r}"
    for period in ("BillingPeriod", "ChargePeriod"):
        if row.get(f"{period}Start", "") >= row.get(f"{period}End", "~"):
            yield f"row {number}: {period} ends before it starts"


def _number(value: str) -> bool:
    return _DECIMAL.fullmatch(value) is not None


def _time(value: str) -> bool:
    return _TIME.fullmatch(value) is not None


_RULES: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(("BilledCost", "ContractedCost", "EffectiveCost", "ListCost", "PricingQuantity"), _number),
    **dict.fromkeys(("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd", "x_PriceAsOf"), _time),
    "BillingCurrency": lambda value: _CURRENCY.fullmatch(value) is not None,
    "ChargeCategory": CHARGE_CATEGORIES.__contains__,
    "ChargeClass": lambda value: value == "Correction",
    "ServiceCategory": SERVICE_CATEGORIES.__contains__,
    "ChargeFrequency": {"One-Time", "Recurring", "Usage-Based"}.__contains__,
    "PricingCategory": {"Standard", "Dynamic", "Committed", "Other"}.__contains__,
}
