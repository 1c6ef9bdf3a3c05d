"""Read joint sample paths month by month in one pass."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from models.growth import Forecast

VALUES_A_PIECE = 8_000_000
"""Values drawn at once: a week of a thousand tenants is more, and drawn as one piece."""


def by_month(forecast: Forecast, bounds: Sequence[tuple[int, int]], steps_per_day: int) -> Iterator[NDArray[np.float32]]:
    """Yield the paths of each month, shape (rows, paths, steps); `bounds` are first and one-past-last step, ascending and adjoining."""
    held: list[NDArray[np.float32]] = []
    waiting = list(bounds)
    week = 7 * steps_per_day
    weeks = max(VALUES_A_PIECE // (len(forecast.rows) * forecast.path_count * week), 1)
    for first, piece in forecast.stream(start=bounds[0][0], stop=bounds[-1][1], chunk=weeks * week):
        at = first
        while waiting and at < first + piece.shape[2]:
            stop = min(waiting[0][1], first + piece.shape[2])
            held.append(piece[:, :, at - first : stop - first])
            at = stop
            if stop == waiting[0][1]:
                yield np.concatenate(held, axis=2)
                held, waiting = [], waiting[1:]
