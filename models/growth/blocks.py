"""Resampled blocks: which past week each week of a path repeats, and what it repeats."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.growth.grid import Grid, frozen
from models.growth.randomness import SHARED, Stream, generator

MOST_BLOCKS = 156
"""Three years of weeks: older habits are not repeated."""
UNKNOWN_SPREAD = 0.3
"""Log spread given to hours of a series too short to show its own (judgement, 2026-10)."""


@dataclass(frozen=True, slots=True)
class Draws:
    """What keys the random numbers of one series."""

    seed: int
    series: int
    paths: int
    grid: Grid
    horizon: int
    """Steps ahead."""
    longest: int
    """Source blocks of the longest history of the fleet: all series draw from the same dates."""

    @property
    def blocks(self) -> int:
        """Blocks that cover the horizon."""
        return -(-self.horizon // self.grid.block)

    def generator(self, stream: Stream, block: int = 0) -> np.random.Generator:
        """Return the generator of a stream for this series at the date of a block."""
        return generator(self.seed, stream, self.series, self.grid.block_date(block))


def sources(draws: Draws) -> NDArray[np.int16]:
    """Return the source block of every path and block (paths, blocks): 0 = the most recent.

    Dated series share them, so that what happened together happens together again.
    """
    series = SHARED if draws.grid.dated else draws.series
    drawn = np.empty((draws.paths, draws.blocks), dtype=np.int16)
    for block in range(draws.blocks):
        random = generator(draws.seed, Stream.BLOCKS, series, draws.grid.block_date(block)).random(draws.paths)
        drawn[:, block] = (random * draws.longest).astype(np.int16)
    return drawn


def table(values: NDArray[np.float64], block: int, fill_seed: int) -> NDArray[np.float64]:
    """Return past values cut into whole blocks (blocks, steps), most recent first, gaps filled from other blocks.

    A missing value takes the same place of the nearest other block, then of another day; a history that shows nothing at all
    takes noise of spread 0.3.
    """
    count = max(1, min(-(-values.size // block), MOST_BLOCKS))
    kept = values[-count * block :]
    padded = np.concatenate((np.full(count * block - kept.size, np.nan), kept))
    cut = padded.reshape(count, block)[::-1].copy()
    # A first block that is mostly padding would repeat its neighbours under another name.
    if count > 1 and np.isnan(cut[-1]).mean() > 0.5:
        cut = cut[:-1]
    for shift in range(1, cut.shape[0]):
        _fill(cut, np.roll(cut, -shift, axis=0))
        if not np.isnan(cut).any():
            return cut
    daily = 24 if block == 168 else 1
    for shift in range(daily, block, daily):
        _fill(cut, np.roll(cut, shift, axis=1))
    if np.isnan(cut).any():
        noise = generator(fill_seed, Stream.FILL).normal(0.0, UNKNOWN_SPREAD, cut.shape)
        _fill(cut, noise if not np.isfinite(cut).any() else np.full(cut.shape, np.nanmean(cut)) + noise)
    return cut


def prediction_stretch(blocks: int) -> float:
    """Return by how much residuals around a profile of n own weeks must be stretched to be new weeks: √((n+1)/(n-1))."""
    return float(np.sqrt((blocks + 1) / max(blocks - 1, 0.5)))


def gather(rows: NDArray[np.float32], drawn: NDArray[np.int16], block: int, first: int, stop: int) -> NDArray[np.float32]:
    """Return (paths, stop - first) values of `rows` (blocks, steps) at the drawn blocks; a short history repeats its own."""
    own = drawn[:, first // block : -(-stop // block)] % rows.shape[0]
    whole = rows[own].reshape(drawn.shape[0], -1)
    begin = first % block
    return np.asarray(whole[:, begin : begin + stop - first])


def frozen_table(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return a read-only single-precision copy."""
    return frozen(values.astype(np.float32))


def _fill(cut: NDArray[np.float64], donor: NDArray[np.float64]) -> None:
    holes = np.isnan(cut)
    cut[holes] = donor[holes]
