"""Read joint sample paths month by month in one pass."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from models.growth import Forecast

DAYS_A_PIECE = 7


def by_month(forecast: Forecast, bounds: Sequence[tuple[int, int]], steps_per_day: int) -> Iterator[NDArray[np.float32]]:
    """Yield the paths of each month, shape (rows, paths, steps); `bounds` are first and one-past-last step, ascending and adjoining."""
    held: list[NDArray[np.float32]] = []
    waiting = list(bounds)
    for first, piece in forecast.stream(start=bounds[0][0], stop=bounds[-1][1], chunk=DAYS_A_PIECE * steps_per_day):
        at = first
        while waiting and at < first + piece.shape[2]:
            stop = min(waiting[0][1], first + piece.shape[2])
            held.append(piece[:, :, at - first : stop - first])
            at = stop
            if stop == waiting[0][1]:
                yield np.concatenate(held, axis=2)
                held, waiting = [], waiting[1:]
