"""Charts of the sizing screen: response against rate, cost and use against workers, cache and keys; nothing is computed here."""

from collections.abc import Sequence

import numpy as np

from workbench.charts.lines import Lines, draw_lines, read_lines
from workbench.charts.rows import Chart
from workbench.charts.scales import BYTES, SECONDS, SHARE, Unit, money
from workbench.charts.series import Limit, Mark, Series
from workbench.pipeline.show_curves import CEILING, LoadCurve, WorkersPoint
from workbench.pipeline.show_servers import CacheCurve, KeyCurve
from workbench.tui.content import Picture
from workbench.views.cell import Table

_LEAST_FOR_TWO = 10
"""Rows below which only the first of two charts is drawn."""


def rate_picture(curve: LoadCurve, caption: str, table: Table) -> Picture:
    """Return the response over the rate, with the objective, what is planned and where both bounds lie."""
    series = tuple(Series(label, curve.rate, values) for label, values in zip(("p50", "p95", "p99"), curve.response_s, strict=True))
    lines = Lines(
        SECONDS,
        series,
        Unit("rate", "/s"),
        limits=(Limit.flat("objective", curve.within_s),),
        marks=(
            Mark(curve.planned, "planned"),
            Mark(curve.keeps_response, "objective"),
            Mark(curve.keeps_queue, "queue"),
        ),
        ceiling=CEILING * curve.within_s / 2,
    )
    return _drawn(lines, caption, table)


def workers_picture(points: Sequence[WorkersPoint], workers: int, currency: str, table: Table) -> Picture:
    """Return cost a month above mean use of workers, both over workers of each machine."""
    counts = np.array([one.workers for one in points], float)
    cost = np.array([np.nan if one.per_month is None else one.per_month for one in points])
    use = np.array([np.nan if one.utilization is None else one.utilization for one in points])
    unit, mark = Unit("count", "workers"), (Mark(float(workers), "set"),)
    above = Lines(money(currency), (Series("a month", counts, cost),), unit, marks=mark)
    below = Lines(SHARE, (Series("busy workers", counts, use),), unit, marks=mark)

    def draw(width: int, height: int) -> Chart:
        if height < _LEAST_FOR_TWO:
            return draw_lines(above, width, height)
        return (*draw_lines(above, width, height - height // 2), *draw_lines(below, width, height // 2))

    return Picture(draw, table=table)


def cache_picture(curve: CacheCurve, caption: str, table: Table) -> Picture:
    """Return device reads over the size of the cache: the range of both laws, the observed point, the limit."""
    series = (
        Series("at most", curve.cache_bytes, curve.high),
        Series("likely", curve.cache_bytes, curve.middle),
        Series("at least", curve.cache_bytes, curve.low),
    )
    limits = () if curve.limit_iops is None else (Limit.flat("IOPS as bought", curve.limit_iops),)
    marks = (Mark(curve.observed_bytes, "measured"),)
    changed = () if curve.set_bytes == curve.observed_bytes else (Mark(curve.set_bytes, "set"),)
    lines = Lines(Unit("count", "IOPS"), series, BYTES, limits=limits, marks=(*marks, *changed))
    return _drawn(lines, caption, table)


def keys_picture(curve: KeyCurve, caption: str, table: Table) -> Picture:
    """Return the memory of a cache from empty over the hours, with what is measured and what there is."""
    limits = [Limit.flat("measured", curve.observed_bytes)]
    limits += [] if curve.limit_bytes is None else [Limit.flat("usable", curve.limit_bytes)]
    series = (Series("keys from empty", curve.hours, curve.memory_bytes),)
    lines = Lines(BYTES, series, Unit("count", "h"), limits=tuple(limits), marks=(Mark(curve.ttl_s / 3600, "time to live"),))
    return _drawn(lines, caption, table)


def _drawn(lines: Lines, caption: str, table: Table) -> Picture:
    return Picture(lambda w, h: draw_lines(lines, w, h), caption, table, lambda w, h, x, _: read_lines(lines, w, h, x))
