"""How the probabilities of a birth-death chain move over a span of constant rates."""

import numpy as np

from models.queueing.arrays import FloatArray

_SETTLED = 1e-16  # change of every probability by one event below which nothing moves any more
_POISSON_TAIL = 8.0  # standard deviations of uniformisation events counted
_NOTHING = 1e-14  # probability that may be left out at either end
_REACH = 9.0  # standard deviations by which probability spreads at the most
_MOST_EVENTS = 1000.0  # beyond, implicit steps are less work than counting event by event
_STEP_ERROR = 1e-8  # of all probabilities together, a step
_STILL = 1e-11  # change over the whole span below which the chain has settled
_SHRINK, _GROW = 0.25, 3.0
_ORDER = 6.0


def advanced(p: FloatArray, rate: float, completions: FloatArray, span_s: float) -> FloatArray:
    """Return the probabilities after `span_s` seconds of arrivals at `rate` a second.

    `p` and `completions` (a second, by number in the system, 0 first) have shape (states,); arrivals beyond the last state are lost.
    Short spans by uniformisation (Jensen 1953), long ones by implicit steps of order 5 with a stiff decay.
    """
    events = (rate + float(completions.max())) * span_s
    low, high = _window(p, abs(rate - float(completions[-1])) * span_s + _REACH * np.sqrt(events) + 20)
    part, served = p[low:high], completions[low:high].copy()
    served[0] = 0.0
    moved = _implicit(part, rate, served, span_s) if events > _MOST_EVENTS else _uniformised(part, rate, served, span_s)
    answer = np.zeros(len(p))
    answer[low:high] = moved
    return answer


def _window(p: FloatArray, margin: float) -> tuple[int, int]:
    """States outside which there is, and will be after moving by `margin`, hardly any probability."""
    inside = np.flatnonzero((np.cumsum(p) > _NOTHING) & (np.cumsum(p[::-1])[::-1] > _NOTHING))
    return max(int(inside[0] - margin), 0), min(int(inside[-1] + margin) + 2, len(p))


def _uniformised(p: FloatArray, rate: float, completions: FloatArray, span_s: float) -> FloatArray:
    events = rate + float(completions.max())
    if events == 0:
        return p
    mean, up, down = events * span_s, rate / events, completions / events
    stay = 1 - up - down
    stay[-1] += up
    steps = int(np.ceil(mean + _POISSON_TAIL * np.sqrt(mean) + 20))
    weights = _poisson(mean, steps)
    answer = weights[0] * p
    left = 1 - weights[0]
    for weight in weights[1:]:
        following = stay * p
        following[1:] += up * p[:-1]
        following[:-1] += down[1:] * p[1:]
        if float(np.abs(following - p).max()) < _SETTLED:
            return np.asarray(answer + left * p, dtype=float)
        p = following
        answer += weight * p
        left -= weight
    return np.asarray(answer, dtype=float)


def _poisson(mean: float, steps: int) -> FloatArray:
    k = np.arange(steps)
    logs = k * np.log(max(mean, 1e-300)) - mean - np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, steps)))])
    weights = np.exp(logs)
    return np.asarray(weights / weights.sum(), dtype=float)


def _implicit(p: FloatArray, rate: float, completions: FloatArray, span_s: float) -> FloatArray:
    """Steps of the three-stage Radau IIA rule (Hairer & Wanner 1996, IV.5), their length by comparison with two half steps."""
    passed, step = 0.0, span_s
    while passed < span_s * (1 - 1e-12):
        step = min(step, span_s - passed)
        whole = _radau(p, rate, completions, step)
        halves = _radau(_radau(p, rate, completions, step / 2), rate, completions, step / 2)
        error = float(np.abs(whole - halves).sum())
        if error <= _STEP_ERROR or step <= 1e-9 * span_s:
            before, p, passed = p, np.maximum(halves, 0.0), passed + step
            p /= p.sum()
            if float(np.abs(p - before).sum()) < _STILL * step / span_s:
                return p
        step *= min(max(0.8 * (_STEP_ERROR / max(error, 1e-300)) ** (1 / _ORDER), _SHRINK), _GROW)
    return p


def _radau(p: FloatArray, rate: float, completions: FloatArray, step: float) -> FloatArray:
    """One step: the rule's rational function of the generator, by partial fractions."""
    real, pair = _POLES
    one = _solved(p, rate * step, completions * step, real.real)
    two = _solved(p.astype(complex), rate * step, completions * step, pair)
    return np.asarray(_RESIDUES[0].real * one.real + 2 * (_RESIDUES[1] * two).real, dtype=float)


def _solved(p: FloatArray, up: float, down: FloatArray, pole: complex) -> FloatArray:
    """Solve x (generator - pole) = p for the generator of these rates."""
    from scipy.linalg import solve_banded

    bands = np.zeros((3, len(p)), dtype=type(pole))
    bands[0, 1:] = down[1:]
    bands[1] = -up - down - pole
    bands[1, -1] += up
    bands[2, :-1] = up
    return np.asarray(solve_banded((1, 1), bands, p, overwrite_ab=True, check_finite=False))


def _fractions() -> tuple[tuple[complex, complex], tuple[complex, complex]]:
    """Poles and residues of (1 + 2 z / 5 + z^2 / 20) / (1 - 3 z / 5 + 3 z^2 / 20 - z^3 / 60), a real one and one of a pair."""
    bottom = np.array([-1 / 60, 3 / 20, -3 / 5, 1.0])
    poles = sorted(np.roots(bottom).tolist(), key=lambda pole: (abs(pole.imag) > 1e-9, -pole.imag))[:2]
    residues = [complex(np.polyval([1 / 20, 2 / 5, 1.0], pole) / np.polyval(np.polyder(bottom), pole)) for pole in poles]
    return (complex(poles[0]), complex(poles[1])), (residues[0], residues[1])


_POLES, _RESIDUES = _fractions()
