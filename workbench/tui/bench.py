"""The one thread that computes: jobs run one after the other, results come back to the event loop."""

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
Tell = Callable[[str, float], None]
"""(what, share done); called in the thread."""


class Stopped(RuntimeError):  # noqa: N818 - nothing is wrong: somebody pressed escape
    """A job was cancelled between two of its steps."""


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    run: Callable[[], T]
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[T]"
    cancelled: threading.Event = field(default_factory=threading.Event)


class Bench:
    """Runs jobs in a daemon thread, so that leaving never waits for a long fit."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._jobs: queue.SimpleQueue[_Job[object] | None] = queue.SimpleQueue()
        self._current: _Job[object] | None = None
        self._thread: threading.Thread | None = None

    async def do(self, run: Callable[[], T]) -> T:
        """Return what the job returns or raise what it raises; cancelling the caller stops the job at its next step."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="bench", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        job: _Job[T] = _Job(run, loop, loop.create_future())
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
        if self._current is not None and self._current.cancelled.is_set():
            raise Stopped(what)
        self._tell(what, share)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if job.cancelled.is_set():
                continue
            self._current = job
            outcome = _outcome(job)
            self._current = None
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
