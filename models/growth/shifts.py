"""Find abrupt level shifts beside trend and calendar: each must pay three times log n and last two weeks."""

from dataclasses import dataclass

import numpy as np

from models.growth.regression import Matrix

PENALTY = 3.0
"""A shift must lower the residual sum of squares by this times s² log n (growth.md §6.4: pen = 3 s² log n)."""
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
    chosen: list[int] = []
    price = PENALTY * np.log(max(target.size, 2))
    while len(chosen) < MOST_SHIFTS:
        gain, size = _gains(np.column_stack((design, steps[:, chosen])), target, steps, np.append(precision, np.zeros(len(chosen))))
        for taken in chosen:
            gain[np.abs(candidates - candidates[taken]) < apart] = 0.0
        gain[np.abs(size) < MINIMUM_LOG_SIZE] = 0.0
        best = int(np.argmax(gain)) if gain.size else 0
        if gain.size == 0 or gain[best] <= price:
            break
        chosen.append(best)
        chosen = _moved(chosen, design, target, steps, precision, candidates, apart)
    return tuple(sorted(_kept(chosen, design, target, steps, precision, price)))


def _gains(design: Matrix, target: Matrix, steps: Matrix, precision: Matrix) -> tuple[Matrix, Matrix]:
    """Return the fall of the penalised sum of squares and the size for each single added column (Frisch–Waugh–Lovell)."""
    gram = design.T @ design + np.diag(precision + 1e-9)
    projected = np.linalg.solve(gram, design.T @ np.column_stack((target, steps)))
    residual = target - design @ projected[:, 0]
    power = np.einsum("ij,ij->j", steps, steps) - np.einsum("ij,ij->j", design.T @ steps, projected[:, 1:])
    moved = steps.T @ residual
    power = np.maximum(power, 1e-9)
    return np.where(power > 1e-6, moved**2 / power, 0.0), moved / power


def _moved(
    chosen: list[int], design: Matrix, target: Matrix, steps: Matrix, precision: Matrix, candidates: Matrix, apart: float
) -> list[int]:
    """Return the shifts with each moved to its best date given the others."""
    for index in range(len(chosen)):
        others = chosen[:index] + chosen[index + 1 :]
        gain, _ = _gains(np.column_stack((design, steps[:, others])), target, steps, np.append(precision, np.zeros(len(others))))
        for taken in others:
            gain[np.abs(candidates - candidates[taken]) < apart] = 0.0
        chosen = [*chosen[:index], int(np.argmax(gain)), *chosen[index + 1 :]]
    return chosen


def _kept(chosen: list[int], design: Matrix, target: Matrix, steps: Matrix, precision: Matrix, price: float) -> list[int]:
    """Return the shifts that still pay when all others are in."""
    while chosen:
        gains = []
        for index, step in enumerate(chosen):
            others = chosen[:index] + chosen[index + 1 :]
            gain, _ = _gains(
                np.column_stack((design, steps[:, others])), target, steps[:, [step]], np.append(precision, np.zeros(len(others)))
            )
            gains.append(float(gain[0]))
        weakest = int(np.argmin(gains))
        if gains[weakest] > price:
            break
        chosen = chosen[:weakest] + chosen[weakest + 1 :]
    return chosen
