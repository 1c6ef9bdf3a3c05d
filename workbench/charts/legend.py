"""What stands for what, in rows of its own above a drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.charts.canvas import Canvas
from workbench.charts.cells import cell_width, fit
from workbench.charts.rows import Role, Style

LABEL = Style(Role.LABEL)
_APART = 3
_SMALLEST_WITH_LEGEND = 8
_ROWS_PER_LEGEND_ROW = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """An entry of a legend."""

    glyph: str
    """How the thing looks; empty for a caption."""
    style: Style
    text: str


def legend_rows(samples: Sequence[Sample], width: int, height: int) -> int:
    """Return the rows that a legend takes of a chart: none of a low one, at most an eighth of a high one."""
    if height < _SMALLEST_WITH_LEGEND or not samples:
        return 0
    return min(len(_wrapped(samples, width)), height // _ROWS_PER_LEGEND_ROW)


def write_legend(canvas: Canvas, samples: Sequence[Sample]) -> None:
    """Write the samples into the rows of a canvas; what finds no room is left out with an ellipsis."""
    canvas.clear()
    lines = _wrapped(samples, canvas.width)
    for row, line in enumerate(lines[: canvas.height]):
        column = 0
        for sample in line:
            column = canvas.write(row, column, sample.glyph, sample.style) + bool(sample.glyph)
            column = canvas.write(row, min(column, canvas.width), sample.text, LABEL) + _APART
        if row == canvas.height - 1 and len(lines) > canvas.height:
            canvas.write(row, min(max(column - _APART + 1, 0), canvas.width - 1), "…", LABEL)


def _wrapped(samples: Sequence[Sample], width: int) -> list[list[Sample]]:
    lines: list[list[Sample]] = [[]]
    used = 0
    for sample in samples:
        needed = cell_width(sample.glyph) + bool(sample.glyph) + cell_width(fit(sample.text, width))
        if lines[-1] and used + needed > width - 2:
            lines.append([])
            used = 0
        lines[-1].append(sample)
        used += needed + _APART
    return lines
