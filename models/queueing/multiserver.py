"""One station: customers wait in one line for the first free of several equal servers."""

from dataclasses import dataclass
from typing import overload

import numpy as np

from models.queueing.arrays import FloatArray
from models.queueing.curves import Curve
from models.queueing.laws import Law, balanced_hyperexponential, exponential, two_moment_law
from models.queueing.range_of_laws import LawRange, law_range
from models.queueing.service import ServiceTime
from models.queueing.solution import Solution, solve
from models.queueing.solution_with_room import solve_with_room


@dataclass(frozen=True, slots=True)
class MultiServerQueue:
    """A stationary G/G/c queue, first come first served, optionally with finite room.

    Assumes independent times between arrivals and independent services. Arrivals of scv 1 are Poisson; below 1 they come in
    one or two phases, above 1 from two exponential classes with balanced means. Without a steady state waits are infinite.
    """

    arrival_rate: float
    """Arrivals a second, lost ones included."""
    service: ServiceTime
    """How long a customer holds a server."""
    servers: int
    """Number of equal servers."""
    arrival_scv: float = 1.0
    """Squared coefficient of variation of the times between arrivals."""
    room: int | None = None
    """Largest number in the system, in service included; None: no limit."""

    def __post_init__(self) -> None:
        if not 0 <= self.arrival_rate < np.inf:
            raise ValueError(f"arrival_rate={self.arrival_rate!r} must be finite and at least 0 arrivals a second")
        if self.servers != int(self.servers) or self.servers < 1:
            raise ValueError(f"servers={self.servers!r} must be a whole number of at least 1")
        if not 0 <= self.arrival_scv < np.inf:
            raise ValueError(f"arrival_scv={self.arrival_scv!r} must be finite and at least 0")
        if self.room is not None and (self.room != int(self.room) or self.room < self.servers):
            raise ValueError(f"room={self.room!r} must be a whole number of at least servers={self.servers}, or None")

    @property
    def offered_utilization(self) -> float:
        """Offered work over servers, lost work included; stable below 1 when there is no limit to the room."""
        return self.arrival_rate * self.service.mean / self.servers

    @property
    def utilization(self) -> float:
        """Mean share of busy servers, at most 1."""
        return min(self.offered_utilization * (1 - self.loss_probability), 1.0)

    @property
    def loss_probability(self) -> float:
        """Share of arrivals that find no room."""
        return self._solution.loss_probability

    @property
    def wait_probability(self) -> float:
        """Share of (accepted) arrivals that wait."""
        return self._solution.wait_probability

    @property
    def mean_wait(self) -> float:
        """Mean wait in seconds over all (accepted) arrivals."""
        return self._solution.mean_wait_s

    @property
    def mean_response(self) -> float:
        """Mean of wait and service in seconds."""
        return self.mean_wait + self.service.mean

    @property
    def mean_queue_length(self) -> float:
        """Mean number waiting, by Little's law."""
        accepted = self.arrival_rate * (1 - self.loss_probability)
        return accepted * self.mean_wait if accepted else 0.0

    @property
    def method(self) -> str:
        """What was computed: exact, interpolated or approximated, and for which laws."""
        return self._solution.method

    @property
    def numerical_error(self) -> float:
        """Relative error of mean and quantiles that the method is known to have for the stated laws."""
        return self._solution.numerical_error

    @property
    def law_range(self) -> LawRange | None:
        """What other laws with the same moments give; None when the law of the service is known or there is no steady state."""
        if self.service.law is not None or self.room is not None or self.offered_utilization >= 1:
            return None
        return law_range(self._arrival, self.service.mean, self.service.scv, self.servers)

    @overload
    def wait_quantile(self, p: float) -> float: ...
    @overload
    def wait_quantile(self, p: FloatArray) -> FloatArray: ...
    def wait_quantile(self, p: float | FloatArray) -> float | FloatArray:
        """Return the p-quantile of the wait in seconds over all (accepted) arrivals; 0 when p <= 1 - wait_probability."""
        return _quantile(self._solution.wait, p)

    @overload
    def response_quantile(self, p: float) -> float: ...
    @overload
    def response_quantile(self, p: FloatArray) -> FloatArray: ...
    def response_quantile(self, p: float | FloatArray) -> float | FloatArray:
        """Return the p-quantile of wait plus service in seconds over all (accepted) arrivals."""
        return _quantile(self._solution.response, p)

    @overload
    def wait_survival(self, t: float) -> float: ...
    @overload
    def wait_survival(self, t: FloatArray) -> FloatArray: ...
    def wait_survival(self, t: float | FloatArray) -> float | FloatArray:
        """Return the probability that an (accepted) arrival waits longer than t seconds."""
        return _survival(self._solution.wait, t)

    @overload
    def response_survival(self, t: float) -> float: ...
    @overload
    def response_survival(self, t: FloatArray) -> FloatArray: ...
    def response_survival(self, t: float | FloatArray) -> float | FloatArray:
        """Return the probability that wait plus service of an (accepted) arrival exceed t seconds."""
        return _survival(self._solution.response, t)

    def servers_for(self, *, percentile: float, response_s: float) -> int:
        """Return the fewest servers with which the share `percentile` of arrivals is answered within `response_s` seconds.

        Raises ValueError when the service alone takes longer, whatever the number of servers.
        """
        _checked_probability(percentile)
        if float(self._law.survival(np.array([response_s]))[0]) >= 1 - percentile:
            raise ValueError(
                f"response_s={response_s!r} is not reachable: the service alone exceeds it for more than {1 - percentile:.3g} of "
                "arrivals; allow a longer response or shorten the service"
            )
        low = int(self.arrival_rate * self.service.mean)
        step = 1
        while not self._meets(low + step, percentile, response_s):
            low, step = low + step, step * 2
        high = low + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._meets(middle, percentile, response_s) else (middle, high)
        return high

    @property
    def _law(self) -> Law:
        return self.service.distribution

    @property
    def _arrival(self) -> Law:
        mean = 1 / self.arrival_rate if self.arrival_rate > 0 else np.inf
        return two_moment_law(mean, self.arrival_scv) if self.arrival_scv <= 1 else balanced_hyperexponential(mean, self.arrival_scv)

    @property
    def _solution(self) -> Solution:
        if self.arrival_rate * self.service.mean < self.servers * _NO_LOAD:
            return solve(exponential(np.inf), self._law, self.servers)
        if self.room is not None:
            return solve_with_room(self._arrival, self._law, self.servers, self.room)
        return solve(self._arrival, self._law, self.servers)

    def _meets(self, servers: int, percentile: float, response_s: float) -> bool:
        solution = solve(self._arrival, self._law, servers)
        return float(solution.response.survival(np.array([response_s]))[0]) <= 1 - percentile


_NO_LOAD = 1e-12  # share of busy servers below which nobody ever waits in floating point


def _quantile(curve: Curve, p: float | FloatArray) -> float | FloatArray:
    values = np.asarray(p, dtype=float)
    _checked_probability(values)
    answer = curve.quantile(values.reshape(-1)).reshape(values.shape)
    return float(answer) if values.ndim == 0 else answer


def _survival(curve: Curve, t: float | FloatArray) -> float | FloatArray:
    values = np.asarray(t, dtype=float)
    if np.any(np.isnan(values)):
        raise ValueError(f"t={t!r} must be seconds, not NaN")
    answer = np.where(values < 0, 1.0, curve.survival(values.reshape(-1)).reshape(values.shape))
    return float(answer) if values.ndim == 0 else answer


def _checked_probability(p: float | FloatArray) -> None:
    if not np.all((np.asarray(p) >= 0) & (np.asarray(p) <= 1)):
        raise ValueError(f"p={p!r} must be a probability between 0 and 1")
