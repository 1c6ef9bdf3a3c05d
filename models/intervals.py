"""A figure with the range it may really have, and how wide a 90 % range is."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NORMAL_95 = 1.6448536269514722
"""95 % quantile of the standard normal law."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A best value between a lower and an upper bound, 90 % unless a docstring says otherwise; the unit is in the owner's field name."""

    low: float
    """Lower bound."""
    mid: float
    """Best value."""
    high: float
    """Upper bound; infinite where nothing bounds it."""

    def __post_init__(self) -> None:
        """Refuse bounds in the wrong order and hold plain floats, whatever arithmetic they came from."""
        for name in ("low", "mid", "high"):
            object.__setattr__(self, name, float(getattr(self, name)))
        if not self.low <= self.mid <= self.high:
            raise ValueError(f"an interval of {self.low}, {self.mid}, {self.high} is not ordered: give low <= mid <= high")

    def holds(self, value: float) -> bool:
        """Tell whether the value lies within the bounds."""
        return self.low <= value <= self.high

    def times(self, factor: float) -> "Interval":
        """Return the interval of the figure times a factor that is at least zero."""
        if factor < 0:
            raise ValueError(f"factor is {factor}: an interval is scaled by a factor of at least 0")
        return Interval(self.low * factor, self.mid * factor, self.high * factor)

    def at(self, normal: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return draws of the figure at standard normal draws, same shape: 0 gives `mid`, ±1.645 the bounds.

        Geometric on a side whose bounds are above zero, linear and cut at the bound's sign otherwise; figures that share their
        normal draws move together. An infinite bound gives infinite draws above the best value.
        """
        place = np.abs(np.asarray(normal, float)) / _NORMAL_95
        up = self.mid * (self.high / self.mid) ** place if self.mid > 0 else self.mid + (self.high - self.mid) * place
        down = self.mid * (self.low / self.mid) ** place if self.low > 0 else self.mid - (self.mid - self.low) * place
        return np.asarray(np.where(np.asarray(normal) > 0, up, np.maximum(down, min(self.low, 0.0))))

    @property
    def half_width(self) -> float:
        """Half the width relative to the best value; infinite when the best value is zero and the width is not."""
        width = (self.high - self.low) / 2
        if width == 0:
            return 0.0
        return width / abs(self.mid) if self.mid else math.inf


def student_90(freedom: int) -> float:
    """Return the half-width of a 90 % interval in standard errors: Student's t with so many degrees of freedom (at least 1)."""
    from scipy.special import stdtrit

    return float(stdtrit(max(freedom, 1), 0.95))
