"""What each kind of chart looks like."""

from collections.abc import Callable, Mapping

import pytest

from workbench.charts.output import plain
from workbench.charts.rows import Chart

Draw = Mapping[str, Callable[[int, int], Chart]]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 50)])
def test_picture_baseline(draw: Draw, golden: Callable[[str, str], None], kind: str, width: int, height: int) -> None:
    golden(f"{kind}-{width}x{height}", plain(draw[kind](width, height)))


def test_ascii_baseline(draw: Draw, golden: Callable[[str, str], None], kind: str) -> None:
    golden(f"{kind}-80x24-ascii", plain(draw[kind](80, 24), "ascii"))
