"""Histograms with quantiles: when a limit is reached, what a bad year costs."""

from dataclasses import dataclass

import numpy as np

from workbench.charts.canvas import Floats
from workbench.charts.cells import cell_width
from workbench.charts.frame import Axis, draw_grid, draw_marks, empty_chart, open_frame, place_axis
from workbench.charts.legend import Sample
from workbench.charts.rows import Chart, Role, Style
from workbench.charts.scales import SHARE, Unit, value_text
from workbench.charts.series import Mark

_FEWEST_BINS = 5
_HEADROOM = 1.04


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """Samples and the quantiles to name."""

    unit: Unit
    samples: Floats
    """(n,); infinity is "never" and has its own share in the legend, NaN is left out."""
    quantiles: tuple[float, ...] = (0.05, 0.5, 0.95)
    """Probabilities between 0 and 1."""

    def __post_init__(self) -> None:
        samples = np.array(self.samples, dtype=np.float64)
        wrong = [p for p in self.quantiles if not 0 <= p <= 1]
        if samples.ndim != 1 or wrong:
            raise ValueError(f"samples have shape {samples.shape} quantiles {self.quantiles}: give one row and probabilities")
        samples.flags.writeable = False
        object.__setattr__(self, "samples", samples)


def draw_distribution(distribution: Distribution, width: int, height: int) -> Chart:
    """Return a histogram of exactly `height` rows of `width` cells: shares of all samples, quantiles over all of them."""
    samples = distribution.samples[~np.isnan(distribution.samples)]
    finite = samples[np.isfinite(samples)]
    x = place_axis([finite], distribution.unit)
    if x is None:
        return empty_chart(width, height, "no data" if not samples.size else f"all {len(samples)} samples lie beyond the horizon")
    # Twice the cube root of n is Rice's rule (Lane, Online Statistics, ch. 2).
    bins = min(max(int(np.ceil(2 * len(finite) ** (1 / 3))), _FEWEST_BINS), width)
    shares = np.histogram(finite, bins=bins, range=(x.low, x.high))[0] / len(samples)
    places = [(p, float(np.quantile(samples, p, method="inverted_cdf"))) for p in distribution.quantiles]
    legend = [Sample("┊", Style(Role.AXIS), f"{_name(p)} {value_text(value, distribution.unit)}") for p, value in places]
    beyond = 1 - len(finite) / len(samples)
    if beyond > 0:
        legend.append(Sample("▶", Style(Role.WARNING), f"beyond {value_text(beyond, SHARE)}"))
    frame = open_frame(width, height, x, Axis(0.0, float(shares.max()) * _HEADROOM, SHARE), legend)
    draw_grid(frame)
    tall = frame.y.eighths(shares[np.arange(frame.x.cells) * bins // frame.x.cells])
    frame.plot.paint(np.zeros_like(tall), tall, Role.SERIES1)
    marks = [Mark(value, _name(p)) for p, value in places if np.isfinite(value)]
    draw_marks(frame, _apart(marks, x, frame.x.cells))
    return frame.canvas.chart()


def _name(probability: float) -> str:
    return f"p{100 * probability:g}"


def _apart(marks: list[Mark], x: Axis, columns: int) -> list[Mark]:
    """Drop the names that would touch the one before; their lines stay."""
    kept: list[Mark] = []
    free_from = -1.0
    for mark in sorted(marks, key=lambda mark: mark.at):
        column = (mark.at - x.low) / (x.high - x.low) * columns
        half = cell_width(mark.label) / 2 + 1
        kept.append(mark if column - half >= free_from else Mark(mark.at, ""))
        free_from = column + half if kept[-1].label else free_from
    return kept
