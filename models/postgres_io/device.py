"""What reaches the device: operations as a line in the blocks PostgreSQL asks for, and the write-ahead log."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval, student_90
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

PAGE_BYTES = 8192
"""Size of a PostgreSQL page (block_size, default build)."""
_LEAST_SPREAD = 0.1
_FEWEST = 8


@dataclass(frozen=True, slots=True)
class DeviceFit:
    """Device operations per second = base + per_block × blocks per second; 90 % intervals."""

    base: Interval
    """Operations per second without any block."""
    per_block: Interval
    """Operations for one block: below 1 when neighbours are read together or the system cache holds them, above when split."""
    residual_per_s: float
    """Standard deviation of what the line leaves over."""
    highest_blocks_per_s: float
    """Largest rate of blocks observed; the line is extrapolation beyond it."""
    reasons: tuple[Reason, ...]
    """What the series does not identify."""
    covariance: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 0.0), (0.0, 0.0))
    """Of base and operations for one block; they make up for each other."""

    def draws(self, paths: int, seed: int) -> NDArray[np.float64]:
        """Return base and operations for one block drawn jointly, shape (paths, 2), at least 0: row k depends on seed and k alone."""
        values, vectors = np.linalg.eigh(np.array(self.covariance))
        normal = np.random.Generator(np.random.Philox(key=seed)).standard_normal((paths, 2))
        moved = (normal * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        return np.asarray(np.maximum(np.array([self.base.mid, self.per_block.mid]) + moved, 0.0))

    def operations_per_s(self, blocks_per_s: Interval) -> Interval:
        """Return device operations per second for a rate of blocks."""
        return Interval(
            self.base.low + self.per_block.low * blocks_per_s.low,
            self.base.mid + self.per_block.mid * blocks_per_s.mid,
            self.base.high + self.per_block.high * blocks_per_s.high,
        )


def fit_device(blocks_per_s: NDArray[np.float64], operations_per_s: NDArray[np.float64]) -> DeviceFit:
    """Fit the line through rates of one server, shape (moments,) each, NaN = missing; neither coefficient is negative.

    Errors are heteroscedastic (White 1980). The ratio is never assumed to be 1: read-ahead, the system cache and the
    files of other programs all move it.

    Raises
    ------
    ValueError
        If the series differ in shape or fewer than 8 moments hold both.

    """
    blocks, operations = np.asarray(blocks_per_s, float), np.asarray(operations_per_s, float)
    if blocks.shape != operations.shape or blocks.ndim != 1:
        raise ValueError(f"blocks have shape {blocks.shape}, operations {operations.shape}: give two equal series")
    both = np.isfinite(blocks) & np.isfinite(operations)
    blocks, operations = blocks[both], operations[both]
    if blocks.size < _FEWEST:
        raise ValueError(f"{blocks.size} moments hold both blocks and operations: at least {_FEWEST} are needed")
    base, slope = _line(blocks, operations)
    rest = operations - base - slope * blocks
    covariance = _covariance(blocks, rest)
    widths = [student_90(blocks.size - 2) * math.sqrt(covariance[place][place]) for place in (0, 1)]
    reasons = _reasons(blocks)
    low_slope = 0.0 if reasons else max(slope - widths[1], 0.0)
    return DeviceFit(
        Interval(max(base - widths[0], 0.0), base, base + widths[0]),
        Interval(low_slope, slope, slope + widths[1]),
        float(rest.std()),
        float(blocks.max()),
        reasons,
        covariance,
    )


def _line(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float]:
    spread = float((x - x.mean()) @ (x - x.mean()))
    slope = float((x - x.mean()) @ (y - y.mean())) / spread if spread > 0 else 0.0
    base = float(y.mean() - slope * x.mean())
    if slope < 0:
        return max(float(y.mean()), 0.0), 0.0
    if base < 0:
        return 0.0, float(x @ y / (x @ x))
    return base, slope


def _covariance(x: NDArray[np.float64], rest: NDArray[np.float64]) -> tuple[tuple[float, float], tuple[float, float]]:
    most = max(float(x.max()), 1e-12)
    design = np.column_stack((np.ones(x.size), x / most))
    inverse = np.linalg.pinv(design.T @ design)
    scale = x.size / max(x.size - 2, 1)
    found = inverse @ ((design * (rest**2 * scale)[:, None]).T @ design) @ inverse / np.outer((1, most), (1, most))
    return (max(float(found[0, 0]), 0.0), float(found[0, 1])), (float(found[0, 1]), max(float(found[1, 1]), 0.0))


def _reasons(blocks: NDArray[np.float64]) -> tuple[Reason, ...]:
    mean = float(blocks.mean())
    spread = float(blocks.std()) / mean if mean > 0 else 0.0
    if spread < _LEAST_SPREAD:
        figures = {"relative_spread_of_blocks": spread, "needed": _LEAST_SPREAD}
        return (Reason(ReasonCode.NOT_IDENTIFIED, Resource.POSTGRES_IOPS, figures=figures),)
    return ()


def wal_bytes_per_s(transactions_per_s: float, record_bytes: float, pages_touched: float, checkpoint_s: float) -> float:
    """Return write-ahead log bytes per second with full-page images after each checkpoint.

    wal/s = u·r + 8 KiB·pages(T)/T: `record_bytes` u of a transaction, `pages_touched` distinct pages between two
    checkpoints that are `checkpoint_s` apart (PostgreSQL documentation, full_page_writes). Longer intervals touch the same
    pages again, so the log of a transaction falls with T.
    """
    if transactions_per_s < 0 or record_bytes < 0 or pages_touched < 0 or not checkpoint_s > 0:
        raise ValueError("wal_bytes_per_s wants rates and sizes of at least 0 and checkpoint_s above 0")
    return record_bytes * transactions_per_s + PAGE_BYTES * pages_touched / checkpoint_s


def pages_touched(writes_per_s: float, pages: float, checkpoint_s: float) -> float:
    """Return the mean number of distinct pages dirtied in `checkpoint_s` by writes spread evenly over `pages`."""
    if writes_per_s < 0 or not pages > 0 or not checkpoint_s > 0:
        raise ValueError("pages_touched wants writes_per_s of at least 0, pages and checkpoint_s above 0")
    return float(-np.expm1(-writes_per_s * checkpoint_s / pages) * pages)
