"""Find abrupt level shifts beside trend and calendar: each must pay three times log n and last two weeks."""

from dataclasses import dataclass

import numpy as np

from models.growth.regression import Matrix

PENALTY = 3.0
"""A shift must lower the residual sum of squares by this times s² log n (penalty 3 s² log n: judgement, 2026-10)."""
MINIMUM_DAYS = 14
"""Least duration before and after a shift, in days."""
MINIMUM_LOG_SIZE = 0.03
"""Smaller shifts change no plan (judgement, 2026-10)."""
MOST_SHIFTS = 8


@dataclass(frozen=True, slots=True)
class LevelShift:
    """An abrupt and lasting change of the level."""

    step: int
    """First sample at the new level, counted from the start of the history."""
    log_size: float
    """Natural logarithm of new level / old level."""
    log_size_p05: float
    """Lower end of the 90 % interval of log_size."""
    log_size_p95: float
    """Upper end of the 90 % interval of log_size."""


def find_shifts(design: Matrix, target: Matrix, steps: Matrix, precision: Matrix, candidates: Matrix, apart: float) -> tuple[int, ...]:
    """Return which candidate steps enter, by forward selection with a look back.

    `design` (n, k) and `target` (n,) whitened and scaled to unit noise; `steps` (n, m) whitened step columns in the same scale;
    `precision` (k,) prior of the design; `candidates` (m,) their times, `apart` least distance between two.
    """
    bare = _without(design, target, steps, precision)
    price = PENALTY * np.log(max(target.size, 2))
    chosen: list[int] = []
    left = bare
    while len(chosen) < MOST_SHIFTS:
        best, gain = _best(left, chosen, candidates, apart)
        if gain <= price:
            break
        chosen.append(best)
        left = _deflated(left, [best])
    for _ in range(len(chosen) if len(chosen) > 1 else 0):
        # The oldest choice was made while later shifts were still noise: let each find its date again.
        chosen = [*chosen[1:], _best(_deflated(bare, chosen[1:]), chosen[1:], candidates, apart)[0]]
    return tuple(sorted(_kept(bare, chosen, price)))


def _without(design: Matrix, target: Matrix, steps: Matrix, precision: Matrix) -> Matrix:
    """Return target and steps (n + k, 1 + m) with the penalised design projected out (Frisch–Waugh–Lovell)."""
    basis, _ = np.linalg.qr(np.concatenate((design, np.diag(np.sqrt(precision + 1e-9)))))
    columns = np.concatenate((np.column_stack((target, steps)), np.zeros((precision.size, 1 + steps.shape[1]))))
    return np.asarray(columns - basis @ (basis.T @ columns))


def _best(left: Matrix, others: list[int], candidates: Matrix, apart: float) -> tuple[int, float]:
    """Return the step that lowers the sum of squares most beside `others`, which are projected out of `left`, and by how much."""
    power = np.einsum("ij,ij->j", left[:, 1:], left[:, 1:])
    moved = left[:, 0] @ left[:, 1:]
    gain = np.divide(moved**2, power, out=np.zeros_like(power), where=power > 1e-6)
    gain[np.abs(moved) < MINIMUM_LOG_SIZE * power] = 0.0
    for taken in others:
        gain[np.abs(candidates - candidates[taken]) < apart] = 0.0
    best = int(np.argmax(gain))
    return best, float(gain[best])


def _kept(bare: Matrix, chosen: list[int], price: float) -> list[int]:
    """Return the shifts that still pay when all others are in."""
    while chosen:
        gains = []
        for index, step in enumerate(chosen):
            pair = _deflated(bare[:, [0, 1 + step, *(1 + other for other in chosen if other != step)]], list(range(1, len(chosen))))
            power = float(pair[:, 1] @ pair[:, 1])
            gains.append((float(pair[:, 0] @ pair[:, 1]) ** 2 / power if power > 1e-6 else 0.0, index))
        weakest, index = min(gains)
        if weakest > price:
            break
        chosen = chosen[:index] + chosen[index + 1 :]
    return chosen


def _deflated(bare: Matrix, taken: list[int]) -> Matrix:
    """Return the columns with the taken steps projected out."""
    if not taken:
        return bare
    columns = bare[:, [1 + step for step in taken]]
    basis, upper = np.linalg.qr(columns)
    # A step that the others explain has no direction of its own.
    basis = basis[:, np.abs(np.diag(upper)) > 1e-4]
    return np.asarray(bare - basis @ (basis.T @ bare))
