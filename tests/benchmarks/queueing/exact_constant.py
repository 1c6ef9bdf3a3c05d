"""Queues with constant service by the zeros of their transform and its numerical inversion; shares nothing with the package.

A server takes every c-th arrival, so the wait is that of one server and the sum of c interarrival times, whose transform is rational
(Cohen, The single server queue, 1982, section II.5.10); inversion after Abate & Whitt, ORSA Journal on Computing, 1995 (Euler).
"""

import numpy as np
from scipy.special import comb, lambertw


def solved(arrival_scv: float, load: float, servers: int) -> dict[str, float]:
    """Return the figures of `exact_phases.solved` for service 1 and this load a server."""
    weights, rates, powers = arrival_terms(arrival_scv, load * servers)
    zeros = zeros_of(arrival_scv, weights, rates, servers)
    poles = np.repeat(rates, powers * servers)
    gap = servers / (load * servers) - 1.0
    variance = servers * arrival_scv / (load * servers) ** 2
    mean = (variance + gap**2) / (2 * gap) + float((1 / zeros).sum().real) - float((1 / poles).sum())
    waiting = 1 - gap * float(np.exp(np.log(poles).sum() - np.log(zeros).sum().real))

    def survival(t: float) -> float:
        return inverted(lambda s: (1 - transform(s, weights, rates, powers, servers, zeros, poles, gap)) / s, t)

    p95, p99 = (quantile(survival, waiting, p) for p in (0.95, 0.99))
    return {"wait_probability": waiting, "mean_wait": mean, "wait_p95": p95, "wait_p99": p99, "response_p95": 1 + p95}


def arrival_terms(scv: float, rate: float) -> tuple[np.ndarray, np.ndarray, int]:
    """Weights, rates and the power of sum weights * (rate / (rate + s))^power."""
    if scv == 1:
        return np.ones(1), np.array([rate]), 1
    if scv == 0.5:
        return np.ones(1), np.array([2 * rate]), 2
    p = (1 + np.sqrt((scv - 1) / (scv + 1))) / 2
    return np.array([p, 1 - p]), np.array([2 * p, 2 * (1 - p)]) * rate, 1


def zeros_of(scv: float, weights: np.ndarray, rates: np.ndarray, servers: int) -> np.ndarray:
    """Zeros, in the right half-plane, of 1 - E[exp(s A)]^servers exp(-s)."""
    if scv <= 1:
        count = servers * (2 if scv == 0.5 else 1)
        turns = np.exp(2j * np.pi * np.arange(1, count) / count)
        return rates[0] + count * lambertw(-rates[0] / count * np.exp(-rates[0] / count) / turns)
    found = []
    for k in range(servers):
        turn = np.exp(2j * np.pi * k / servers)
        found += [root for root in (followed(rate, turn, weights, rates, servers) for rate in rates) if abs(root) > 1e-9]
    zeros = np.array(found)
    apart = np.abs(zeros[:, None] - zeros) + np.eye(len(zeros))
    if len(zeros) != 2 * servers - 1 or apart.min() < 1e-9 or zeros.real.min() <= 0:
        raise AssertionError(f"{len(zeros)} zeros instead of {2 * servers - 1}, {apart.min():.1e} apart")
    return zeros


def followed(start: float, turn: complex, weights: np.ndarray, rates: np.ndarray, servers: int) -> complex:
    """Follow a zero from a pole by raising the numerator from nothing."""
    s = complex(start)
    for share in np.linspace(0, 1, 201):
        for _ in range(50):
            top = share * np.exp(-s / servers)
            one = weights @ (rates * (rates[::-1] - s))
            value = one * top - turn * np.prod(rates - s)
            slope = -(weights @ rates) * top - one * top / servers + turn * (rates - s).sum()
            step = value / slope
            s -= step
            if abs(step) < 1e-14 * max(abs(s), 1e-3):
                break
    return s


def transform(
    s: np.ndarray, weights: np.ndarray, rates: np.ndarray, power: int, servers: int, zeros: np.ndarray, poles: np.ndarray, gap: float
) -> np.ndarray:
    """E[exp(-s W)] at many s."""
    arrivals = (weights * (rates / (rates - s[:, None])) ** power).sum(axis=1)
    logs = np.log(1 - s[:, None] / zeros).sum(axis=1) - np.log(1 - s[:, None] / poles).sum(axis=1)
    return -s * gap * np.exp(logs) / (1 - arrivals**servers * np.exp(-s))


def inverted(function: object, t: float) -> float:
    terms, extra, a = 60, 14, 23.0
    k = np.arange(terms + extra + 1)
    values = function((a + 2j * np.pi * k) / (2 * t)).real * (-1.0) ** k
    values[0] /= 2
    sums = np.cumsum(values)[terms:]
    weights = comb(extra, np.arange(extra + 1)) / 2.0**extra
    return float(np.exp(a / 2) / t * (weights @ sums))


def quantile(survival: object, waiting: float, p: float) -> float:
    if waiting <= 1 - p:
        return 0.0
    low, high = 0.0, 1.0
    while survival(high) > 1 - p:
        high *= 2
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if survival(middle) > 1 - p else (low, middle)
    return (low + high) / 2
