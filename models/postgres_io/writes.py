"""What writing costs: log bytes with page images, device operations of syncs and of pages written out."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval
from models.postgres_io.device import PAGE_BYTES, pages_touched, wal_bytes_per_s
from models.postgres_io.two_causes import TwoCauses, fit_two_causes

MERGING_SCATTER = 0.1
"""Relative scatter of a device's writes at least: the system cache merges neighbouring pages more at a high rate (assumption)."""


def fit_log(transactions: NDArray[np.float64], page_images: NDArray[np.float64], log_bytes: NDArray[np.float64]) -> TwoCauses:
    """Return the log bytes of a transaction (first) and of a page image (second) from amounts of several stretches of time.

    An image leaves out the free middle of its page, so it is 8 KiB at most (pg_stat_wal: wal_fpi, wal_bytes).
    """
    return fit_two_causes(transactions, page_images, log_bytes)


def fit_writes(syncs: NDArray[np.float64], pages: NDArray[np.float64], operations: NDArray[np.float64]) -> TwoCauses:
    """Return the device's write operations for one sync of the log (first) and for one page written out (second).

    A sync is more than one operation, since the file system writes its own journal; pages written by the checkpoint, the
    background writer and backends are merged by the system cache. Never assumed to be 1.
    """
    return fit_two_causes(syncs, pages, operations, least_scatter=MERGING_SCATTER)


def images_between_checkpoints(writes_per_s: Sequence[float], pages: Sequence[float], checkpoint_s: float) -> float:
    """Return page images between two checkpoints: distinct pages touched, summed over tables and indexes written evenly.

    `writes_per_s` and `pages` belong together, one entry for each table and index.
    """
    if len(writes_per_s) != len(pages):
        raise ValueError(f"{len(writes_per_s)} rates of writes for {len(pages)} sizes: give one each")
    return sum(pages_touched(rate, size, checkpoint_s) for rate, size in zip(writes_per_s, pages, strict=True))


def log_bytes_per_s(fit: TwoCauses, transactions_per_s: float, images: float, checkpoint_s: float) -> Interval:
    """Return log bytes per second with so many page images between two checkpoints `checkpoint_s` apart: replication and backup traffic.

    wal/s = u·r + bytes of an image·pages(T)/T (PostgreSQL documentation, full_page_writes), images at most 8 KiB.
    """
    if not checkpoint_s > 0:
        raise ValueError(f"checkpoint_s is {checkpoint_s}: give seconds above 0")
    between = fit.expected(transactions_per_s * checkpoint_s, images)
    most = wal_bytes_per_s(transactions_per_s, fit.first.high, images * max(fit.second.high / PAGE_BYTES, 1.0), checkpoint_s)
    rate = between.times(1 / checkpoint_s)
    return Interval(rate.low, rate.mid, max(min(rate.high, most), rate.mid))
