"""Changes as people write them: "+20 %", "x 1.4", "-1 %/month"."""

import re
from decimal import Decimal

from workbench.study.cells import words
from workbench.study.findings import RuleError
from workbench.study.values import positive_real

_NUMBER = r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_PERCENT = re.compile(rf"(?P<sign>[+-])\s*(?P<amount>{_NUMBER})\s*%")
_TIMES = re.compile(rf"[x×]\s*(?P<amount>{_NUMBER})")
_MONTHLY = re.compile(r"\s*(?:/|per|a)\s*month$")
_SIGNED = re.compile(rf"[+-]?{_NUMBER}")


def change_factor(value: object) -> float:
    """Return a factor above zero from a number, "+20 %" or "x 1.4"."""
    text = words(value)
    if text is not None and (found := _PERCENT.fullmatch(text)):
        factor = 1 + _percent(found) / 100
        if factor <= 0:
            raise RuleError("leaves nothing", "for a tenant that leaves use remove-tenant")
        return float(factor)
    if text is not None and (found := _TIMES.fullmatch(text)):
        return positive_real(Decimal(found["amount"]))
    if isinstance(value, str):
        raise RuleError("is no change", 'write a factor such as 1.2, or "+20 %"')
    return positive_real(value)


def growth_per_month(value: object) -> float:
    """Return growth a month as a fraction, from a number such as 0.02 or a text such as "+2 %/month"."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _finite(Decimal(value))
    text = _MONTHLY.sub("", words(value) or "")
    if found := _PERCENT.fullmatch(text):
        return float(_percent(found) / 100)
    if not isinstance(value, str) and _SIGNED.fullmatch(text):
        return _finite(Decimal(text))
    raise RuleError("is no growth a month", 'write it with its sign, such as "+2 %/month", or as a fraction, such as 0.02')


def _percent(found: re.Match[str]) -> Decimal:
    amount = Decimal(found["amount"])
    return amount if found["sign"] == "+" else -amount


def _finite(amount: Decimal) -> float:
    if not amount.is_finite():
        raise RuleError("must be finite", "")
    return float(amount)
