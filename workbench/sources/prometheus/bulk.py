"""The bulk reader: windows of many series, a few at a time, in a fixed order."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from workbench.sources.catalogue import SeriesRule
from workbench.sources.errors import SourceAnswer
from workbench.sources.prometheus.aligned import read_aligned
from workbench.sources.prometheus.frames import Part, samples_of
from workbench.sources.prometheus.raw import read_raw
from workbench.sources.prometheus.session import PARALLEL, Server
from workbench.sources.prometheus.transport import stopped
from workbench.sources.prometheus.windows import Window, plan_windows
from workbench.sources.samples import Samples

Held = Mapping[str, Sequence[tuple[int, int]]]
"""Canonical series (without part) to the stretches (start, end] in ms already kept."""


@dataclass(frozen=True, slots=True)
class Task:
    """One series over one window: the unit that is asked for, kept and repeated."""

    rule: SeriesRule
    window: Window


def plan_pull(
    rules: Iterable[SeriesRule],
    start_ms: int,
    end_ms: int,
    held: Held,
    *,
    by_steps: Container[str] = (),
    step_ms: int = 3_600_000,
) -> tuple[Task, ...]:
    """Return the windows still to be pulled, newest first.

    Histogram buckets, and the series of `by_steps` (see `Discovery.by_steps`), come by aligned steps even for recent days: they are many.
    """
    tasks = [
        Task(rule, window)
        for rule in rules
        for window in plan_windows(
            start_ms, end_ms, step_ms, held.get(rule.series, ()), end_ms if rule.part or rule.series in by_steps else None
        )
    ]
    return tuple(sorted(tasks, key=lambda task: task.window.start_ms, reverse=True))


def pull(
    server: Server,
    tasks: Sequence[Task],
    cancel: threading.Event | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Iterator[Samples]:
    """Yield the samples of every task in the order of `tasks`, at most a few requests in flight.

    A series of parts, and a window without samples, end in an empty frame under the series' name: it was asked. An answer of no use for one
    series yields an empty partial frame with the reason as a warning; an unreachable or refusing server raises, as does `cancel`.
    """
    stop = cancel or threading.Event()
    waiting: deque[Future[tuple[Samples, ...]]] = deque()
    todo = iter(tasks)
    done = 0
    with ThreadPoolExecutor(PARALLEL, thread_name_prefix="prometheus") as pool:
        try:
            for task in todo:
                waiting.append(pool.submit(run_task, server, task, stop))
                if len(waiting) < PARALLEL + 1:
                    continue
                yield from waiting.popleft().result()
                done = _report(done, len(tasks), on_progress)
            while waiting:
                yield from waiting.popleft().result()
                done = _report(done, len(tasks), on_progress)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def run_task(server: Server, task: Task, cancel: threading.Event) -> tuple[Samples, ...]:
    """Return the samples of one task; the last `Samples` bears the series' own name, and is empty where all samples belong to parts."""
    if cancel.is_set():
        raise stopped(server, task.rule.series)
    try:
        parts, warnings = (read_aligned if task.window.step_ms else read_raw)(server, task.rule, task.window, cancel)
    except SourceAnswer as error:
        parts, warnings = (), (str(error),)
    by_part: dict[str | None, list[Part]] = defaultdict(list)
    for part in parts:
        by_part[part.part].append(part)
    own = by_part.pop(None, [])
    groups = [group for _, group in sorted(by_part.items(), key=_part_order)]
    return tuple(samples_of(task.rule, server.connection.name, task.window, group, warnings) for group in (*groups, own))


def _report(done: int, of: int, on_progress: Callable[[int, int], None] | None) -> int:
    if on_progress is not None:
        on_progress(done + 1, of)
    return done + 1


def _part_order(item: tuple[str | None, list[Part]]) -> float:
    try:
        return float(item[0] or "-inf")
    except ValueError:
        return 0.0
