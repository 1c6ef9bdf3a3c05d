"""The one thread that computes: jobs run one after the other, results come back to the event loop."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
Tell = Callable[[str, float], None]
"""(what, share done); called in the thread."""
TOLD_EVERY_S = 0.05
"""A step that is called like the one before is told no more often: drawing it would take longer than the step."""


class Stopped(RuntimeError):  # noqa: N818 - nothing is wrong: somebody pressed escape
    """A job was cancelled between two of its steps."""


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    run: Callable[[], T]
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[T]"
    behind: bool = False
    """Whether it lets others pass between two of its steps."""
    cancelled: threading.Event = field(default_factory=threading.Event)


class Bench:
    """Runs jobs in a daemon thread, so that leaving never waits for a long fit."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._jobs: queue.SimpleQueue[_Job[object] | None] = queue.SimpleQueue()
        self._current: _Job[object] | None = None
        self._thread: threading.Thread | None = None
        self._told: tuple[str, float] = ("", 0.0)

    async def do(self, run: Callable[[], T], *, behind: bool = False) -> T:
        """Return what the job returns or raise what it raises; cancelling the caller stops the job at its next step.

        Jobs that come while one `behind` runs are done between two steps of it: one thread, so they share what is kept without locks.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="bench", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        job: _Job[T] = _Job(run, loop, loop.create_future(), behind)
        self._jobs.put(job)  # type: ignore[arg-type] # the queue holds jobs of any result
        try:
            return await job.answer
        except asyncio.CancelledError:
            job.cancelled.set()
            raise

    def close(self) -> None:
        """Stop the job that runs at its next step and let the thread end."""
        if self._current is not None:
            self._current.cancelled.set()
        self._jobs.put(None)

    def progress(self, what: str, share: float) -> None:
        """Report a step of the job that runs; raise Stopped if nobody waits for it any more."""
        job = self._current
        if job is not None and threading.current_thread() is self._thread:
            if job.behind:
                self._let_pass(job)
            if job.cancelled.is_set():
                raise Stopped(what)
        now = time.monotonic()
        if what != self._told[0] or now - self._told[1] >= TOLD_EVERY_S:
            self._told = (what, now)
            self._tell(what, share)

    def _let_pass(self, job: _Job[object]) -> None:
        """Do the jobs that wait, unless this one is not waited for any more."""
        while not job.cancelled.is_set() and not self._jobs.empty():
            other = self._jobs.get()
            if other is None:
                self._jobs.put(None)
                job.cancelled.set()
            else:
                self._do(other)
        self._current = job

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._do(job)
            self._current = None

    def _do(self, job: _Job[object]) -> None:
        if job.cancelled.is_set():
            return
        self._current = job
        outcome = _outcome(job)
        if not job.loop.is_closed():
            job.loop.call_soon_threadsafe(outcome)


def _outcome(job: _Job[object]) -> Callable[[], None]:
    """Run a job and return how its answer is delivered; whatever it raises belongs to the one who waits."""
    try:
        result = job.run()
    except BaseException as raised:  # noqa: BLE001 - handed on to the waiting worker, which shows it
        error = raised
        return lambda: None if job.answer.done() else job.answer.set_exception(error)
    return lambda: None if job.answer.done() else job.answer.set_result(result)
