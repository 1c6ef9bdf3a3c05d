"""Random parts: every stream has its own name, so that adding one series changes no other."""

from zlib import crc32

import numpy as np
import numpy.typing as npt

from data.generator.moments import SEED

Floats = npt.NDArray[np.float64]


def stream(*names: str) -> np.random.Generator:
    """Return the random numbers that belong to these names."""
    return np.random.Generator(np.random.PCG64([SEED, *(crc32(name.encode()) for name in names)]))


def autoregressive(random: np.random.Generator, count: int, *, memory: float, scale: float, freedom: float = 5.0) -> Floats:
    """Return an AR(1) series of Student-t innovations, shape (count,); `scale` is the innovations' standard deviation."""
    shocks = random.standard_t(freedom, count) * scale * np.sqrt((freedom - 2) / freedom)
    values = np.empty(count)
    level = 0.0
    for index, shock in enumerate(shocks.tolist()):
        level = memory * level + shock
        values[index] = level
    return values


def jitter(random: np.random.Generator, count: int, scale: float) -> Floats:
    """Return factors around 1, shape (count,)."""
    return np.exp(scale * random.standard_normal(count) - scale * scale / 2)
