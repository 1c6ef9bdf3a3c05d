"""Gates of `compare --require`: a figure of a topology against a bound."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.show_summary import SummaryRow, summary_row
from workbench.study.findings import RuleError

_FORM = re.compile(r"\s*(?P<topology>.+)\.(?P<figure>[a-z0-9_]+)\s*(?P<sign>>=|<=|>|<|==)\s*(?P<bound>\S+)\s*")
_SIGNS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
GATES = tuple(
    field.name
    for field in fields(SummaryRow)
    if field.type in (Decimal | None, float | None, int | None, int, bool, date | None) and field.name != "horizon_months"
)
"""Figures that can be required."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A figure of a topology and its bound."""

    text: str
    """As written."""
    topology: str
    figure: str
    sign: str
    bound: Decimal
    """A number; a day as its ordinal; true is 1."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A requirement and whether it is met."""

    requirement: str
    met: bool
    found: str
    """The figure, or why there is none."""


def read_requirement(text: str) -> Requirement:
    """Return a gate such as `hybrid.headroom>=0.1`; raise RuleError saying what is allowed."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise RuleError(f"--require {text!r} is no requirement", "write topology.figure>=number, such as hybrid.headroom>=0.1")
    if match["figure"] not in GATES:
        raise RuleError(f"--require {text!r}: no figure {match['figure']!r}", f"choose one of {', '.join(GATES)}")
    return Requirement(text, match["topology"], match["figure"], match["sign"], _bound(text, match["bound"]))


def check_requirements(comparison: Comparison, requirements: Sequence[Requirement]) -> tuple[Checked, ...]:
    """Return every requirement with the figure found; an unknown figure meets nothing."""
    return tuple(_check(comparison, one) for one in requirements)


def _check(comparison: Comparison, required: Requirement) -> Checked:
    row = summary_row(comparison, comparison.result(required.topology))
    value = getattr(row, required.figure)
    if value is None:
        return Checked(required.text, met=False, found=f"unknown{f': {row.reason}' if row.reason else ''}")
    return Checked(required.text, _SIGNS[required.sign](_number(value), required.bound), _shown(value))


def _bound(text: str, written: str) -> Decimal:
    if written in {"true", "false"}:
        return Decimal(written == "true")
    try:
        return Decimal(date.fromisoformat(written).toordinal())
    except ValueError:
        pass
    try:
        value = Decimal(written)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise RuleError(f"--require {text!r}: {written!r} is no bound", "write a number such as 0.1, a day such as 2028-01-31, or true")
    return value


def _number(value: object) -> Decimal:
    if isinstance(value, date):
        return Decimal(value.toordinal())
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(str(int(value) if isinstance(value, bool) else value))


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value).lower() if isinstance(value, bool) else str(value)
