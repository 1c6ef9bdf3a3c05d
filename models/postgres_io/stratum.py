"""What is observed of pages that are read alike."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stratum:
    """A database, or a table or index when it is known, as its counters show it."""

    pages: float
    """Size in pages of 8 KiB."""
    reads_per_s: float
    """Logical reads per second: hits and misses."""
    miss_ratio: float
    """Share of them that missed the cache."""

    def __post_init__(self) -> None:
        """Refuse sizes and rates that are not above zero and ratios outside 0 … 1."""
        if not (math.isfinite(self.pages) and self.pages >= 1):
            raise ValueError(f"pages is {self.pages}: give at least one page")
        if not (math.isfinite(self.reads_per_s) and self.reads_per_s > 0):
            raise ValueError(f"reads_per_s is {self.reads_per_s}: give a finite rate above 0")
        if not 0 <= self.miss_ratio <= 1:
            raise ValueError(f"miss_ratio is {self.miss_ratio}: give a share between 0 and 1")
