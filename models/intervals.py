"""A figure with the range it may really have, and how wide a 90 % range is."""

import math
from dataclasses import dataclass


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
