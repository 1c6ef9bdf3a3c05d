"""Queues with phase-type arrivals and services solved the slow way: levels eliminated from far above, waits counted event by event.

Shares nothing with the package: rates are written down state by state, the rate matrix comes from functional iteration, the mean wait
from Little's law, and the wait of an arrival from uniformisation of the completions ahead of it.
"""

from dataclasses import dataclass

import numpy as np

SMALLEST_TAIL = 1e-11


@dataclass(frozen=True)
class Phases:
    """A phase-type time: start, rates between phases, rates of ending."""

    start: np.ndarray
    between: np.ndarray
    end: np.ndarray

    @property
    def mean(self) -> float:
        generator = self.between - np.diag(self.between.sum(axis=1) + self.end)
        return float(-self.start @ np.linalg.solve(generator, np.ones(len(self.start))))


def phases_of(scv: float, mean: float) -> Phases:
    """Erlang-2 at .5, exponential at 1, two balanced exponential classes above."""
    if scv == 1:
        return Phases(np.ones(1), np.zeros((1, 1)), np.array([1 / mean]))
    if scv == 0.5:
        return Phases(np.array([1.0, 0.0]), np.array([[0.0, 2 / mean], [0.0, 0.0]]), np.array([0.0, 2 / mean]))
    p = (1 + np.sqrt((scv - 1) / (scv + 1))) / 2
    return Phases(np.array([p, 1 - p]), np.zeros((2, 2)), np.array([2 * p, 2 * (1 - p)]) / mean)


@dataclass(frozen=True)
class Queue:
    """A station of equal servers."""

    arrival: Phases
    service: Phases
    servers: int

    def busy(self, n: int) -> list[tuple[int, ...]]:
        """How many of the busy servers are in each phase."""
        count = min(n, self.servers)
        return [(count,)] if len(self.service.start) == 1 else [(i, count - i) for i in range(count + 1)]

    def states(self, n: int) -> dict[tuple[tuple[int, ...], int], int]:
        pairs = [(busy, phase) for busy in self.busy(n) for phase in range(len(self.arrival.start))]
        return {pair: k for k, pair in enumerate(pairs)}

    def rates(self, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rates from level n up, within and down, the diagonal such that rows sum to 0."""
        here, above, below = self.states(n), self.states(n + 1), self.states(max(n - 1, 0))
        up, inside, down = np.zeros((len(here), len(above))), np.zeros((len(here),) * 2), np.zeros((len(here), len(below)))
        for (busy, phase), k in here.items():
            for other, rate in enumerate(self.arrival.between[phase]):
                inside[k, here[busy, other]] += rate
            for began, share in enumerate(self.arrival.start):
                for new, weight in starts(self.service, busy, starting=n < self.servers):
                    up[k, above[new, began]] += self.arrival.end[phase] * share * weight
            for new, rate, ended in self.moves(busy, replaced=n > self.servers):
                target = (down, below) if ended else (inside, here)
                target[0][k, target[1][new, phase]] += rate
        inside -= np.diag(up.sum(axis=1) + inside.sum(axis=1) + down.sum(axis=1))
        return up, inside, down

    def moves(self, busy: tuple[int, ...], *, replaced: bool) -> list[tuple[tuple[int, ...], float, bool]]:
        """Changes of the busy servers: what becomes, at which rate, whether a service ended."""
        found = []
        for phase, count in enumerate(busy):
            if not count:
                continue
            found += [(moved(busy, phase, to), count * rate, False) for to, rate in enumerate(self.service.between[phase]) if rate]
            left = moved(busy, phase, None)
            for new, weight in starts(self.service, left, starting=replaced):
                found.append((new, count * self.service.end[phase] * weight, True))
        return found


def starts(service: Phases, busy: tuple[int, ...], *, starting: bool) -> list[tuple[tuple[int, ...], float]]:
    if not starting:
        return [(busy, 1.0)]
    return [(moved(busy, None, phase), share) for phase, share in enumerate(service.start) if share]


def moved(busy: tuple[int, ...], origin: int | None, target: int | None) -> tuple[int, ...]:
    return tuple(count - (phase == origin) + (phase == target) for phase, count in enumerate(busy))


def solved(queue: Queue) -> dict[str, float]:
    """Return probability of waiting, mean wait, p95 and p99 of the wait and p95 of the response of an arrival."""
    levels = probabilities(queue)
    rate = 1 / queue.arrival.mean
    mean = sum((n - queue.servers) * float(level.sum()) for n, level in enumerate(levels) if n > queue.servers) / rate
    phases = len(queue.arrival.start)
    met = [level.reshape(-1, phases) @ queue.arrival.end / rate for level in levels]
    waits, responses, events = survivals(queue, np.array(met[queue.servers :]))
    return {
        "wait_probability": float(waits[0]),
        "mean_wait": mean,
        "wait_p95": quantile(waits, events, 0.95),
        "wait_p99": quantile(waits, events, 0.99),
        "response_p95": quantile(responses, events, 0.95),
    }


def probabilities(queue: Queue) -> list[np.ndarray]:
    """Stationary probabilities of the states of each level, up to a level beyond which hardly anything is."""
    up, inside, down = queue.rates(queue.servers + 1)
    ratio = np.zeros_like(up)
    for _ in range(100_000):
        following = up @ np.linalg.inv(-(inside + ratio @ down))
        change, ratio = np.abs(following - ratio).max(), following
        if change < 1e-13:
            break
    pivot = min(int(queue.service.mean / queue.arrival.mean), queue.servers)  # the fullest level: away from it levels only fall
    falls, below = [], np.zeros_like(queue.rates(0)[1])
    for n in range(pivot):
        rise, local, _ = queue.rates(n)
        falls.append(queue.rates(n + 1)[2] @ np.linalg.inv(-(local + below)))
        below = falls[-1] @ rise
    rises, above = [], ratio @ down
    for n in range(queue.servers, pivot, -1):
        _, local, fall = queue.rates(n)
        rises.append(queue.rates(n - 1)[0] @ np.linalg.inv(-(local + above)))
        above = rises[-1] @ fall
    levels = [np.abs(np.linalg.svd((queue.rates(pivot)[1] + below + above).T)[2][-1])]
    for fall in reversed(falls):
        levels.insert(0, levels[0] @ fall)
    for rise in reversed(rises):
        levels.append(levels[-1] @ rise)
    least = SMALLEST_TAIL * min(float(levels[-1].sum()), 1.0)
    while float(levels[-1].sum()) > least:
        levels.append(levels[-1] @ ratio)
    total = sum(float(level.sum()) for level in levels)
    return [level / total for level in levels]


def survivals(queue: Queue, met: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Share that still waits, and that is still there, after each event of a Poisson process, and its events a unit of time."""
    states = {busy: k for k, busy in enumerate(queue.busy(queue.servers))}
    stay, end = np.zeros((len(states),) * 2), np.zeros((len(states),) * 2)
    for busy, k in states.items():
        for replaced, matrix, wanted in ((False, stay, False), (True, end, True)):
            for new, rate, ended in queue.moves(busy, replaced=replaced):
                if ended == wanted:
                    matrix[k, states[new]] += rate
    events = float((stay + end).sum(axis=1).max())
    stay += np.diag(events - (stay + end).sum(axis=1))
    service = queue.service
    serve = service.between / events
    serve += np.diag(1 - serve.sum(axis=1) - service.end / events)
    serving = (1 - met.sum()) * service.start
    waits, responses = [float(met.sum())], [1.0]
    stays, ends = banded(stay / events), banded(end / events)
    while waits[-1] > 1e-6 or responses[-1] > 1e-4:
        ended = times(met, ends)
        met = times(met, stays)
        met[:-1] += ended[1:]
        serving = serving @ serve + ended[0].sum() * service.start
        waits.append(float(met.sum()))
        responses.append(waits[-1] + float(serving.sum()))
    return np.array(waits), np.array(responses), events


def banded(matrix: np.ndarray) -> list[tuple[int, np.ndarray]]:
    bands = [(k, np.diagonal(matrix, k)) for k in (-1, 0, 1) if len(matrix) > abs(k)]
    rest = matrix - sum(np.diag(band, k) for k, band in bands)
    if np.any(rest):
        raise AssertionError("a completion moves one server at a time")
    return bands


def times(rows: np.ndarray, bands: list[tuple[int, np.ndarray]]) -> np.ndarray:
    answer = np.zeros_like(rows)
    size = rows.shape[1]
    for k, band in bands:
        answer[:, max(k, 0) : size + min(k, 0)] += rows[:, max(-k, 0) : size - max(k, 0)] * band
    return answer


def quantile(survivals: np.ndarray, events: float, p: float) -> float:
    from scipy.stats import poisson

    if survivals[0] <= 1 - p:
        return 0.0
    k = np.arange(len(survivals))
    low, high = 0.0, len(survivals) / events
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if poisson.pmf(k, events * middle) @ survivals > 1 - p else (low, middle)
    return (low + high) / 2
