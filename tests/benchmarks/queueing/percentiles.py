"""CPU seconds of 1,000 different G/G/c percentiles with at most 16 servers."""

import time

import numpy as np

from models.queueing import MultiServerQueue, ServiceTime, solution


def queues(count: int, arrivals: str) -> list[MultiServerQueue]:
    """Return queues of 1 … 16 servers, load 0.3 … 0.95, service scv 0.5 … 8, no two alike."""
    rng = np.random.default_rng(1)
    made = []
    for _ in range(count):
        servers, load, scv = int(rng.integers(1, 17)), rng.uniform(0.3, 0.95), rng.uniform(0.5, 8.0)
        arrival_scv = 1.0 if arrivals == "Poisson" else float(rng.uniform(0.5, 4.0))
        made.append(MultiServerQueue(load * servers / 0.065, ServiceTime(0.065, scv), servers, arrival_scv))
    return made


def cpu_seconds(arrivals: str, figure: str, count: int = 1000) -> float:
    """Return the CPU seconds of one 95 % quantile of each queue."""
    warm, *rest = queues(count + 1, arrivals)
    getattr(warm, figure)(0.95)
    solution.solve.cache_clear()
    before = time.process_time()
    for queue in rest:
        getattr(queue, figure)(0.95)
    return time.process_time() - before
