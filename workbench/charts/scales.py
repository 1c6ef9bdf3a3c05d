"""Round ticks with units, and where a value lies between the ends of an axis."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from workbench.charts.canvas import Floats, Ints

Kind: TypeAlias = Literal["count", "rate", "share", "bytes", "seconds", "money", "time"]


@dataclass(frozen=True, slots=True)
class Unit:
    """What the numbers of an axis are."""

    kind: Kind
    """How numbers are scaled and written; `share` is a fraction written in %, `time` is ms since 1970 UTC."""
    label: str = ""
    """Currency code for money, what is counted for counts and rates; may be empty."""


COUNT = Unit("count")
RATE = Unit("rate")
SHARE = Unit("share")
BYTES = Unit("bytes")
SECONDS = Unit("seconds")
TIME = Unit("time")


def money(currency: str) -> Unit:
    """Return the unit of amounts in a currency, given by its ISO 4217 code."""
    return Unit("money", currency)


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis."""

    at: float
    """Value in the unit of the axis."""
    text: str


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` to `high` over a number of cells."""

    low: float
    high: float
    cells: int

    def eighths(self, values: Floats) -> Ints:
        """Return the heights above the lower end in eighths of a cell, kept on the axis; NaN counts as the lower end."""
        share = np.nan_to_num((values - self.low) / (self.high - self.low), nan=0.0, posinf=1.0, neginf=0.0)
        return np.rint(np.clip(share, 0.0, 1.0) * 8 * self.cells).astype(np.int64)

    def quarters(self, values: Floats) -> Ints:
        """Return the depths below the upper end in quarters of a cell, kept on the axis; NaN is -1."""
        share = (self.high - values) / (self.high - self.low)
        known = np.nan_to_num(share, nan=0.0, posinf=1.0, neginf=0.0)
        depth = np.clip(np.floor(known * 4 * self.cells), 0, 4 * self.cells - 1).astype(np.int64)
        return np.where(np.isnan(values), -1, depth)

    def column(self, value: float) -> int:
        """Return the cell from the lower end that holds the value, or -1 when it is not on the axis."""
        if not self.low <= value <= self.high:
            return -1
        return min(int((value - self.low) / (self.high - self.low) * self.cells), self.cells - 1)


_DIVISORS: dict[Kind, tuple[tuple[float, str], ...]] = {
    "count": ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k"), (0.0, "")),
    "rate": ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k"), (0.0, "")),
    "share": ((0.0, " %"),),
    "bytes": ((2.0**50, " PiB"), (2.0**40, " TiB"), (2.0**30, " GiB"), (2.0**20, " MiB"), (2.0**10, " KiB"), (0.0, " B")),
    "seconds": ((2 * 86_400.0, " d"), (2 * 3_600.0, " h"), (120.0, " min"), (1.0, " s"), (1e-3, " ms"), (0.0, " µs")),
    "money": ((1e10, "G"), (1e7, "M"), (0.0, "")),
    "time": ((0.0, ""),),
}
"""From which size on numbers are written with which suffix."""
_FACTORS = {"T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3, " %": 0.01, " PiB": 2.0**50, " TiB": 2.0**40, " GiB": 2.0**30, " MiB": 2.0**20}
_FACTORS |= {" KiB": 2.0**10, " d": 86_400.0, " h": 3_600.0, " min": 60.0, " ms": 1e-3, " µs": 1e-6}


def ticks(low: float, high: float, at_most: int, unit: Unit) -> tuple[Tick, ...]:
    """Return round ticks within [low, high], at most so many, with distinct texts; none when the range is empty or not finite."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low and at_most > 0):
        return ()
    suffix = _suffix(max(abs(low), abs(high)), unit)
    factor = _FACTORS.get(suffix, 1.0)
    step = _round_step((high - low) / factor / at_most)
    first, last = math.ceil(low / factor / step - 1e-9), math.floor(high / factor / step + 1e-9)
    numbers = range(first, min(last, first + at_most) + 1)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return tuple(Tick(number * step * factor, _dress(f"{number * step + 0.0:,.{decimals}f}", suffix, unit)) for number in numbers)


def value_text(value: float, unit: Unit) -> str:
    """Return a value with its unit in three significant digits (whole amounts for money and from 1,000 on)."""
    if math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return "beyond" if unit.kind == "time" else "∞" if value > 0 else "−∞"
    if unit.kind == "time":
        from workbench.charts.calendar import day_text

        return day_text(value)
    plain_count = unit.kind in ("count", "rate") and abs(value) < 1e6
    suffix = "" if plain_count else _suffix(abs(value), unit)
    scaled = value / _FACTORS.get(suffix, 1.0)
    size = 0 if scaled == 0 else math.floor(math.log10(abs(scaled)))
    decimals = 0 if unit.kind == "money" and not suffix else min(max(2 - size, 0), 12)
    text = f"{scaled:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    full = _dress(text, suffix, unit)
    return f"{full} {unit.label}" if unit.kind == "count" and unit.label else full


def unit_text(unit: Unit) -> str:
    """Return what stands at the head of an axis, where its ticks do not say it: what is counted."""
    return unit.label if unit.kind in ("count", "rate") else ""


def _suffix(largest: float, unit: Unit) -> str:
    return next(suffix for bound, suffix in _DIVISORS[unit.kind] if largest >= bound)


def _dress(number: str, suffix: str, unit: Unit) -> str:
    if number.strip("-0.,") == "":
        number, suffix = number.removeprefix("-"), "" if suffix in ("k", "M", "G", "T") else suffix
    if unit.kind == "money":
        return f"{unit.label} {number}{suffix}"
    return f"{number}{suffix}/s" if unit.kind == "rate" else f"{number}{suffix}"


def _round_step(rough: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is at least `rough`."""
    exponent = math.floor(math.log10(rough))
    for factor in (1, 2, 5, 10):
        if factor * 10.0**exponent >= rough * (1 - 1e-9):
            return factor * 10.0**exponent
    return 10.0 ** (exponent + 1)
