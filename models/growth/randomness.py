"""Counter-based random numbers: the same digits whatever the chunking, the order and the number of cores."""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What random numbers are for; streams never overlap."""

    BLOCKS = 1
    PARAMETERS = 2
    DAMPING = 3
    CANDIDATE = 4
    SLOPES = 5
    SHIFTS = 6
    FILL = 7
    DRIFT = 8


SHARED = (1 << 32) - 1
"""Series number of draws that all series share, such as the source dates of residual blocks."""
_DATE_OFFSET = 1 << 32
"""Keeps dates before 1970 positive inside the unsigned counter."""


def generator(seed: int, stream: Stream, series: int = SHARED, date: int = 0) -> np.random.Generator:
    """Return the generator keyed by (seed, stream, series, date) (Philox 4x64-10: Salmon et al. 2011)."""
    key = np.array([seed, (int(stream) << 32) | series], dtype=np.uint64)
    counter = np.array([0, 0, date + _DATE_OFFSET, 0], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))
