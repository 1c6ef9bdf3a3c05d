"""The PromQL we send: raw range vectors, and sums over aligned steps."""

from workbench.sources.catalogue import SeriesRule
from workbench.sources.prometheus.windows import Window

LOOKBACK_MS = 600_000
"""Asked for before a raw window, to know where each counter stood when the window began."""


def raw_query(selector: str, window: Window) -> tuple[str, dict[str, str]]:
    """Return path and parameters of an instant query with a range: samples as scraped, without the point limit of query_range."""
    seconds = (window.end_ms - window.start_ms + LOOKBACK_MS) // 1000
    return "/api/v1/query", {"query": f"{selector}[{seconds}s]", "time": seconds_text(window.end_ms)}


def aligned_query(expression: str, window: Window) -> tuple[str, dict[str, str]]:
    """Return path and parameters of a range query whose steps end at start + step … end."""
    first = window.start_ms + window.step_ms
    step = f"{window.step_ms // 1000}"
    return "/api/v1/query_range", {"query": expression, "start": seconds_text(first), "end": seconds_text(window.end_ms), "step": step}


def over_step(function: str, aggregate: str, rule: SeriesRule, selector: str, step_ms: int, *, by_part: bool = True) -> str:
    """Return `aggregate by (label) (function(selector[step]))`."""
    labels = rule.label if rule.part is None or not by_part else f"{rule.label},{rule.part}"
    return f"{aggregate} by ({labels}) ({function}({selector}[{step_ms // 1000}s]))"


def seconds_text(time_ms: int) -> str:
    """Return an instant as Prometheus reads it without rounding."""
    return f"{time_ms // 1000}.{time_ms % 1000:03d}"
