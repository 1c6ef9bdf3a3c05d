"""What charts over one axis are given: lines, limits, marks."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from workbench.charts.canvas import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Samples along an axis."""

    label: str
    """Name in the legend."""
    x: Floats
    """Ascending places (n,): ms since 1970 UTC, or a knob's values."""
    values: Floats
    """Values (n,); NaN is a gap, infinity leaves the chart at its upper edge."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", places(self.label, self.x))
        object.__setattr__(self, "values", matching(self.label, self.values, self.x))


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """What may not be exceeded, as steps: each value holds from its place on."""

    label: str
    """Name in the legend."""
    x: Floats
    """Ascending places (n,) from which the values hold."""
    values: Floats
    """Limits (n,); NaN and infinity mean that none is known or set."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", places(self.label, self.x))
        object.__setattr__(self, "values", matching(self.label, self.values, self.x))

    @classmethod
    def flat(cls, label: str, value: float) -> "Limit":
        """Return a limit that holds everywhere."""
        return cls(label, np.array([-math.inf]), np.array([value]))


@dataclass(frozen=True, slots=True)
class Mark:
    """A named place on the horizontal axis, such as today, the knee or the setting that runs."""

    at: float
    """Place in the unit of the axis."""
    label: str


def places(label: str, x: ArrayLike) -> Floats:
    """Return read-only ascending places (n,); raises ValueError when they are not one-dimensional and ascending."""
    array = np.array(x, dtype=np.float64)
    if array.ndim != 1 or np.isnan(array).any() or bool(np.any(array[1:] < array[:-1])):
        raise ValueError(f"x of {label!r} has shape {array.shape} and must be one row of ascending numbers without NaN: sort it first")
    array.flags.writeable = False
    return array


def matching(label: str, values: ArrayLike, x: Floats) -> Floats:
    """Return read-only values of the shape of `x`; raises ValueError when the shapes differ."""
    array = np.array(values, dtype=np.float64)
    if array.shape != x.shape:
        raise ValueError(f"values of {label!r} have shape {array.shape}, its x {x.shape}: both must be equal; cut one of them")
    array.flags.writeable = False
    return array
