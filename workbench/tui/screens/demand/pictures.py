"""The charts of this screen alone: the usual week, and what was stated against what came true."""

import numpy as np

from workbench.charts.heatmap import Heatmap, draw_heatmap, read_heatmap
from workbench.charts.lines import Lines, draw_lines, read_lines
from workbench.charts.scales import SHARE
from workbench.charts.series import Series
from workbench.pipeline.show_backtest import ReliabilityRow
from workbench.pipeline.show_heat import WEEKDAYS
from workbench.pipeline.show_season import Season
from workbench.tui.content import Picture
from workbench.views.cell import Table

_EXACT = np.array([0.0, 1.0])


def season_picture(season: Season) -> Picture:
    """Return the usual week by hour and weekday."""
    hours = tuple(f"{hour:02d}" for hour in range(24))
    chart = Heatmap(SHARE, WEEKDAYS, hours, season.share, low=0.0, high=1.0)
    caption = f"{season.zone}, {season.weeks} weeks" if season.weeks else "less than a week is known"
    return Picture(
        lambda width, height: draw_heatmap(chart, width, height), caption, read=lambda w, h, x, y: read_heatmap(chart, w, h, x, y)
    )


def reliability_picture(rows: tuple[ReliabilityRow, ...], caption: str, table: Table) -> Picture:
    """Return how often came true what was stated, with the band in which it would lie if every statement were right."""
    stated = np.array([one.stated for one in rows])
    lines = Lines(
        SHARE,
        (
            Series("came true", stated, np.array([one.observed for one in rows])),
            Series("as stated", _EXACT, _EXACT),
            Series("band, low", stated, np.array([one.low for one in rows])),
            Series("band, high", stated, np.array([one.high for one in rows])),
        ),
        SHARE,
    )
    return Picture(lambda width, height: draw_lines(lines, width, height), caption, table, lambda w, h, x, _: read_lines(lines, w, h, x))
