"""The array types of the queueing models."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


def frozen(values: FloatArray) -> FloatArray:
    """Return the array, closed for writing."""
    values.flags.writeable = False
    return values
