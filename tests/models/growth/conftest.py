"""Planted truth whose form is not the fitted one: multiplicative season, AR and t noise, gradual and abrupt shifts."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

END = np.datetime64("2026-11-01T00:00")
Array = NDArray[np.float64]


def planted_days(
    seed: int,
    *,
    days: int = 395,
    growth: float = 0.015,
    noise: float = 0.06,
    step: float = 0.0,
    step_day: int = 250,
    month_end: float = 0.0,
) -> Array:
    """Return daily demand that ends at END: exponential growth, weekday factors, AR(1) noise with t innovations, month-end bump."""
    random = np.random.default_rng(seed)
    day = np.arange(days)
    date = (END.astype("datetime64[D]") - days + day).astype("datetime64[D]")
    weekday = (date.astype(np.int64) - 4) % 7
    factor = np.array([1.1, 1.05, 1.0, 1.0, 0.95, 0.35, 0.2])[weekday]
    shock = noise * random.standard_t(5, days) * np.sqrt(3 / 5)
    error = np.zeros(days)
    for at in range(1, days):
        error[at] = 0.5 * error[at - 1] + np.sqrt(0.75) * shock[at]
    business = np.array([np.busday_offset(month, -1, roll="forward") for month in np.unique(date.astype("datetime64[M]")) + 1])
    bump = 1 + month_end * np.isin(date, business)
    level = 100 * np.exp(growth * (day - days) / 30.4375 + step * (day >= step_day))
    return level * factor * bump * np.exp(error)


def planted_hours(seed: int, *, days: int = 100, growth: float = 0.01) -> Array:
    """Return hourly demand that ends at END, a smooth working day on planted days."""
    random = np.random.default_rng(seed + 1000)
    hour = np.arange(24)
    shape = 0.05 + np.exp(-(((hour - 11) / 3.5) ** 2)) + 0.4 * np.exp(-(((hour - 16) / 2.0) ** 2))
    return (
        np.repeat(planted_days(seed, days=days, growth=growth), 24) * np.tile(shape, days) * np.exp(0.1 * random.standard_normal(days * 24))
    )


@pytest.fixture
def days() -> Callable[..., Array]:
    return planted_days


@pytest.fixture
def hours() -> Callable[..., Array]:
    return planted_hours


@pytest.fixture
def end() -> np.datetime64:
    return END
