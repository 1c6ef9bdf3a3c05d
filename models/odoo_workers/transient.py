"""A birth–death chain over time."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOMENTS = 8
"""Moments of a span at which the chain is looked at."""
_STEPS = 12
"""Steps from one moment to the next."""
_GAMMA = 1 - 1 / math.sqrt(2)


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Rates between neighbouring states."""

    births: NDArray[np.float64]
    """Shape (states − 1,): from each state to the next."""
    deaths: NDArray[np.float64]
    """Shape (states − 1,): back to each state from the next."""
    leak: float = 0.0
    """Rate at which the last state is left for good."""

    def over(self, start: NDArray[np.float64], span_s: float) -> NDArray[np.float64]:
        """Return the probabilities at evenly spaced moments of a span, shape (MOMENTS + 1, states), the start included.

        Singly diagonally implicit Runge–Kutta of second order (Alexander 1977): L-stable, so what settles within a step
        is settled and a step may be long against a service.
        """
        from scipy.linalg.lapack import dgttrf, dgttrs

        step = span_s / (MOMENTS * _STEPS)
        diagonal = -np.append(self.births, self.leak) - np.insert(self.deaths, 0, 0.0)
        scale = _GAMMA * step
        *factors, info = dgttrf(-scale * self.births, 1 - scale * diagonal, -scale * self.deaths)
        if info != 0:
            raise ArithmeticError(f"chain of {diagonal.size} states has no step of {step} s: its rates must be finite and at least 0")
        seen = np.empty((MOMENTS + 1, diagonal.size))
        seen[0] = now = start
        for moment in range(1, MOMENTS + 1):
            for _ in range(_STEPS):
                first = dgttrs(*factors, self._flow(diagonal, now))[0]
                middle = now + (1 - _GAMMA) * step * first
                now = middle + scale * dgttrs(*factors, self._flow(diagonal, middle))[0]
            now = np.maximum(now, 0.0)
            if self.leak == 0:
                now = now / now.sum()
            seen[moment] = now
        return seen

    def _flow(self, diagonal: NDArray[np.float64], now: NDArray[np.float64]) -> NDArray[np.float64]:
        flow = diagonal * now
        flow[1:] += self.births * now[:-1]
        flow[:-1] += self.deaths * now[1:]
        return np.asarray(flow)
