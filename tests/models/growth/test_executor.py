"""Any executor, any chunk, the same digits; progress counts and can end the work."""

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

from models.growth import forecast


def test_summaries_are_the_same_in_processes_and_threads(days, end):
    history = [days(seed)[-120:] for seed in range(20)]
    limits = [300.0 + seed for seed in range(20)]
    alone = forecast(history, horizon=60, step="1d", paths=40, end=end)
    expected = alone.summary((0.1, 0.9), limits=limits)
    with ProcessPoolExecutor(2) as processes, ThreadPoolExecutor(2) as threads:
        for executor in (processes, threads):
            seen: list[tuple[int, int]] = []
            plan = forecast(history, horizon=60, step="1d", paths=40, end=end, executor=executor)
            found = plan.summary(
                (0.1, 0.9), limits=limits, executor=executor, on_progress=lambda done, whole, seen=seen: seen.append((done, whole))
            )
            assert seen == [(16, 20), (20, 20)]
            for name in ("quantiles", "maximum", "mean"):
                np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
            np.testing.assert_array_equal(found.passage.steps, expected.passage.steps)


def test_sums_can_be_read_in_an_executor(days, end):
    plan = forecast([days(seed)[-100:] for seed in range(4)], horizon=30, step="1d", paths=30, end=end)
    with ThreadPoolExecutor(2) as pool:
        np.testing.assert_array_equal(plan.total().summary(executor=pool).maximum, plan.total().summary().maximum)


def test_what_progress_raises_ends_the_work(days, end):
    def stop(done, whole):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forecast([days(1)[-60:]] * 3, horizon=10, step="1d", paths=5, end=end, on_progress=stop)
    with pytest.raises(KeyboardInterrupt):
        forecast([days(1)[-60:]] * 3, horizon=10, step="1d", paths=5, end=end).summary(on_progress=stop)
