"""Charts with seeded data, one of each kind."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from workbench.charts.bars import BarPart, Bars, draw_bars
from workbench.charts.distribution import Distribution, draw_distribution
from workbench.charts.fan import Exhaustion, Fan, Forecast, draw_fan
from workbench.charts.frontier import Frontier, Point, draw_frontier
from workbench.charts.heatmap import Heatmap, draw_heatmap
from workbench.charts.lines import Lines, draw_lines
from workbench.charts.rows import Chart
from workbench.charts.scales import SECONDS, SHARE, TIME, Unit, money
from workbench.charts.series import Limit, Mark, Series
from workbench.charts.sparkline import draw_sparkline

DAY_MS = 86_400_000
START_MS = 1_767_225_600_000
GOLDENS = Path(__file__).parent / "goldens"


def fan(limit: float = 6_400.0) -> Fan:
    random = np.random.default_rng(1)
    hours = np.arange(305 * 24)
    times = START_MS + hours * DAY_MS / 24
    values = 1_800 + hours / 6 + 900 * np.sin(2 * np.pi * hours / 24 - 2) + 400 * np.sin(2 * np.pi * hours / 168)
    values += random.gamma(2, 60, len(hours))
    values[120 * 24 : 150 * 24] = np.nan
    days = np.arange(540)
    ahead = times[-1] + days * DAY_MS
    median = np.max(values[-168:]) + 6 * days + 250 * np.sin(2 * np.pi * days / 30)
    spread = 55 * np.sqrt(days)
    forecast = Forecast(ahead, median - 1.64 * spread, median - 0.67 * spread, median, median + 0.67 * spread, median + 1.64 * spread)
    exhaustion = Exhaustion(START_MS + 420 * DAY_MS, START_MS + 560 * DAY_MS, None)
    history = Series("history", times, values)
    return Fan(Unit("count", "IOPS"), history, forecast, (Limit.flat("limit", limit),), times[-1], exhaustion)


def lines() -> Lines:
    workers = np.arange(2.0, 33.0)
    curve = np.where(workers > 6, 0.12 * (1 + 8 / np.maximum(workers - 6, 0.01) ** 1.4), np.inf)
    series = tuple(Series(name, workers, factor * curve) for name, factor in (("p50", 1), ("p95", 2.2), ("p99", 4)))
    return Lines(SECONDS, series, Unit("count", "workers"), (Limit.flat("objective", 0.8),), (Mark(12, "knee"),), ceiling=3.0)


def heatmap() -> Heatmap:
    hour = np.arange(24)
    shift = 0.15 + 0.7 * np.exp(-(((hour - 10) / 3) ** 2))
    values = np.array([shift if day < 5 else 0.3 * shift for day in range(7)])
    values[3, 4] = np.nan
    return Heatmap(SHARE, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), tuple(f"{h:02d}" for h in hour), values, 0, 1)


def bars() -> Bars:
    names = ("Nov", "Dec", "2027", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct")
    layers = (("database server", 5_200), ("workers", 4_100), ("storage", 1_900), ("ingress", 300), ("cache", 700))
    layers += (("backup", 900), ("platform", 1_500), ("observability", 400))
    step = 1 + 0.03 * (np.arange(12) // 3)
    return Bars(money("EUR"), names, tuple(BarPart(name, amount * step) for name, amount in layers), (Limit.flat("budget", 16_500),))


def frontier() -> Frontier:
    points = (Point("current", 14_100, 4_800, "■"), Point("multi-tenant", 9_000, 5_200), Point("hybrid", 10_100, 2_500, "◆"))
    points += (Point("dedicated", 16_500, 1_650), Point("by hand", 10_150, 2_600, "▲"))
    front = Series("frontier", [9_000, 9_400, 10_100, 11_200, 13_000, 16_500], [5_200, 3_900, 2_500, 1_900, 1_700, 1_650])
    return Frontier(money("EUR"), money("EUR"), "bill per month", "expected loss per month", points, front)


def distribution() -> Distribution:
    random = np.random.default_rng(2)
    samples = START_MS + DAY_MS * (420 + random.gamma(6, 30, 4_000))
    samples[random.random(4_000) < 0.06] = np.inf
    return Distribution(TIME, samples)


def sparkline(width: int, height: int) -> Chart:
    number = np.arange(300)
    return draw_sparkline(np.where(number // 20 == 7, np.nan, number % 37 + number / 9), width, height, limit=60)


KINDS: dict[str, Callable[[int, int], Chart]] = {
    "fan": lambda width, height: draw_fan(fan(), width, height),
    "lines": lambda width, height: draw_lines(lines(), width, height),
    "heatmap": lambda width, height: draw_heatmap(heatmap(), width, height),
    "bars": lambda width, height: draw_bars(bars(), width, height),
    "frontier": lambda width, height: draw_frontier(frontier(), width, height),
    "distribution": lambda width, height: draw_distribution(distribution(), width, height),
    "sparkline": sparkline,
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Return the name of each kind of chart in turn."""
    return str(request.param)


@pytest.fixture
def draw() -> Mapping[str, Callable[[int, int], Chart]]:
    """Return a drawing function of (width, height) per kind."""
    return KINDS


@pytest.fixture(scope="session")
def demand_fan() -> Callable[[float], Fan]:
    """Return a fan with a history gap and a limit of one's choice."""
    return fan


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with its golden file; UPDATE_GOLDENS=1 writes it."""

    def compare(name: str, text: str) -> None:
        path = GOLDENS / f"{name}.txt"
        if os.environ.get("UPDATE_GOLDENS") == "1":
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path.name} is missing: run UPDATE_GOLDENS=1 pytest tests/charts"
        assert text == path.read_text(encoding="utf-8")

    return compare
