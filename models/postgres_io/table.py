"""What the counters of a table and of its indexes show."""

import math
from dataclasses import dataclass, fields

BRANCHES = 300
"""Entries of an inner B-tree page: 8 KiB, 90 % full, keys of 8 to 16 bytes (PostgreSQL documentation, B-Tree fillfactor)."""
ONE_ROW_WITHIN = 0.05
"""Reads of the heap may differ by so much from the lookups and still count as one row for each lookup."""


@dataclass(frozen=True, slots=True)
class TableBlocks:
    """Blocks of one table, or of the tables of one database summed (views `pg_statio_*_tables`)."""

    heap_pages: float
    """Size of the table in pages of 8 KiB."""
    index_pages: float
    """Size of its indexes in pages."""
    heap_reads_per_s: float
    """Logical reads of the table per second: hits and misses."""
    heap_misses_per_s: float
    """Those that missed the cache."""
    index_reads_per_s: float
    """Logical reads of the indexes per second."""
    index_misses_per_s: float
    """Those that missed the cache."""
    observed_s: float = math.inf
    """Seconds over which they were counted: short counts are uncertain. Infinite where the rates are exact."""

    def __post_init__(self) -> None:
        """Refuse sizes below one page, rates below zero and more misses than reads."""
        for field in fields(self)[:-1]:
            least = 1.0 if field.name.endswith("pages") else 0.0
            if not (math.isfinite(getattr(self, field.name)) and getattr(self, field.name) >= least):
                raise ValueError(f"{field.name} is {getattr(self, field.name)}: give a finite number of at least {least:g}")
        for what in ("heap", "index"):
            reads, misses = getattr(self, f"{what}_reads_per_s"), getattr(self, f"{what}_misses_per_s")
            if misses > reads:
                raise ValueError(f"{what}_misses_per_s {misses} exceeds {what}_reads_per_s {reads}: a miss is a read as well")
        if not self.observed_s > 0:
            raise ValueError(f"observed_s is {self.observed_s}: give seconds above 0")

    @property
    def pages(self) -> float:
        """Pages of the table and its indexes."""
        return self.heap_pages + self.index_pages

    @property
    def reads_per_s(self) -> float:
        """Logical reads per second of both."""
        return self.heap_reads_per_s + self.index_reads_per_s

    @property
    def misses_per_s(self) -> float:
        """Misses per second of both."""
        return self.heap_misses_per_s + self.index_misses_per_s

    @property
    def lookups_per_s(self) -> float:
        """Descents of the index per second: each reads one page on every level, and only the leaf can miss."""
        return self.index_reads_per_s / self.levels

    @property
    def levels(self) -> int:
        """Levels of a B-tree of so many pages."""
        levels, pages = 1, self.index_pages
        while pages > 1.5:
            pages, levels = pages / BRANCHES, levels + 1
        return levels

    @property
    def one_row_a_lookup(self) -> bool:
        """Whether every lookup reads one page of the table and nothing else does: then no page is read twice in a row."""
        return self.lookups_per_s > 0 and abs(self.heap_reads_per_s / self.lookups_per_s - 1) <= ONE_ROW_WITHIN
