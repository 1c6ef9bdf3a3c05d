"""What a source hands over: samples exactly as it said them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Samples of one canonical series from one source over one half-open window."""

    series: str
    """Canonical name, with "@part" for buckets and the like: `requests`, `request_seconds_bucket@0.1`."""
    frame: "pl.DataFrame"
    """Columns tenant (Utf8; "@pool" for a server), time (Int64, ms since 1970 UTC), value (Float64), epoch (Utf8, "" if unknown).

    Sorted by tenant, then time.
    """
    source: str
    """Name of the source in the study."""
    start_ms: int
    """Exclusive start of the window."""
    end_ms: int
    """Inclusive end of the window."""
    partial: bool = False
    """Whether the source said that its answer may be incomplete."""
    warnings: tuple[str, ...] = ()
    """The source's own warnings, verbatim but for secrets."""
