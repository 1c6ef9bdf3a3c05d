"""What stands on the screens, word for word, with invented contents; themes and colours."""

from pathlib import Path

import numpy as np
import pytest
from textual.app import App
from textual.screen import Screen

import workbench.tui
from workbench.charts.bars import BarPart, Bars, draw_bars
from workbench.charts.heatmap import Heatmap, draw_heatmap
from workbench.charts.rows import HEAT, Role
from workbench.charts.scales import SHARE, money
from workbench.tui.actions import Situation
from workbench.tui.content import Content, Contents, Picture, Sentences
from workbench.tui.facts import Facts
from workbench.tui.places import PLACES, Place
from workbench.tui.themes import OWN, palette_of
from workbench.tui.widgets.bars import KeyBar, StatusBar, TabBar, TopBar
from workbench.tui.widgets.chart_view import ChartView
from workbench.tui.work_screen import WorkScreen
from workbench.views.cell import ASSUMED, BEST, Align, Branch, Cell, Column, Row, Table

SIZES = ((80, 24), (120, 40), (200, 50))
STYLES = Path(workbench.tui.__file__).with_name("workbench.tcss")
FACTS = Facts("Example Works", "horizon 18 months · plan at p95 · EUR · 3f9c1a77", "data to 2026-10-31", "base + Brno *")


def _invented(place: Place) -> Contents:
    columns = (Column("name", "figure", align=Align.LEFT), Column("a", "current", "EUR"), Column("b", "hybrid", "EUR"))
    rows = (
        Row("bill", (Cell("bill", "bill a month"), Cell(10800, "10,800.00", mark=ASSUMED), Cell(9200, "9,200.00", mark=ASSUMED + BEST))),
        Row("loss", (Cell("loss", "expected loss a month"), Cell(2100, "2,100.00"), Cell(None, "? (a downtime cost is unknown)"))),
        Row(
            "full",
            (Cell("full", "full if nothing is bought"), Cell("x", "2027-02 … 2027-07, median 2027-04"), Cell(None, "not within 3 years")),
        ),
    )
    table = Table("figures", columns, rows, ("a: rests on an assumption · *: best, and the difference is clear",))
    leaf = Branch("db-1/leipzig", (Cell("leipzig", "leipzig"),))
    pool = Branch("db-1", (Cell("db-1", "db-1"), Cell(1, "1,234.00"), Cell(2, "12.0 %"), Cell(3, "database IOPS")), (leaf,))
    tree = Branch(
        "hybrid", (Cell("hybrid", "hybrid"), Cell(1, "9,200.00")), (Branch("database", (Cell("d", "database server"),), (pool,)),)
    )
    hours = np.linspace(0, 1, 7 * 24).reshape(7, 24)
    heat = Heatmap(SHARE, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), tuple(f"{hour:02d}" for hour in range(24)), hours)
    bars = Bars(money("EUR"), ("Nov", "Dec", "2027"), (BarPart("current", np.array([1000.0, 1200.0, 900.0])),))
    pictures = [
        Picture(lambda width, height: draw_heatmap(heat, width, height), "highest of the last four weeks"),
        Picture(lambda width, height: draw_bars(bars, width, height), "FY2026: paid 3,100.00, budget 4,000.00, left 900.00", table),
    ]
    bodies = {
        "table": table,
        "knobs": table,
        "tree": tree,
        "text": Sentences(("database IOPS binds in 2027-04: headroom 3.1 %", "61 of 9,490 h are missing")),
    }
    charts = [leaf.key for leaf in place.leaves if leaf.kind == "chart"]
    return {
        leaf.key: Content(leaf.title, pictures[charts.index(leaf.key) % 2] if leaf.kind == "chart" else bodies[leaf.kind])
        for leaf in place.leaves
    }


class Host(App[None]):
    """Shows one screen with invented contents."""

    CSS_PATH = STYLES

    def __init__(self, place: Place, theme: str = OWN[0].name) -> None:
        super().__init__()
        self.place = place
        self.wanted = theme

    def get_default_screen(self) -> Screen[None]:
        return WorkScreen(self.place, lambda _screen: None)

    def on_mount(self) -> None:
        for theme in OWN:
            self.register_theme(theme)
        self.theme = self.wanted

    def fill(self) -> None:
        screen = self.screen
        assert isinstance(screen, WorkScreen)
        screen.show(_invented(self.place))
        screen.query_one(TopBar).show(FACTS, undo=True)
        screen.query_one(TabBar).show(self.place.name, FACTS.data)
        screen.query_one(StatusBar).resting(f"workbench {self.place.verb}")
        now = Situation(self.place.name, True, False, False, screen.single, False, True, False, True, screen.leaf.kind, 2)
        screen.query_one(KeyBar).show(now)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_screens_look_as_they_did(place, size, golden, text_of, monkeypatch):
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    app = Host(place)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.fill()
        await pilot.pause()
        golden(f"{place.name}-{size[0]}x{size[1]}", text_of(app))


@pytest.mark.parametrize("theme", [*(theme.name for theme in OWN), "ansi-dark", "ansi-light"])
async def test_every_theme_has_a_colour_for_every_role(theme):
    app = Host(PLACES[5], theme)
    async with app.run_test(size=(120, 40)) as pilot:
        app.fill()
        await pilot.pause()
        assert app.theme == theme
        ground = {Role.SURFACE, HEAT[0]} if theme.startswith("ansi") else set()  # the terminal's own
        assert set(palette_of(app.current_theme)) == set(Role) - ground
        app.export_screenshot()


async def test_without_colours_heat_is_told_by_shades(monkeypatch, text_of):
    monkeypatch.setenv("NO_COLOR", "1")
    app = Host(PLACES[5])
    async with app.run_test(size=(120, 40)) as pilot:
        app.fill()
        await pilot.pause()
        assert app.no_color
        assert any(shade in text_of(app) for shade in "░▒▓#@%*")


async def test_a_chart_is_drawn_once_for_a_size():
    drawn: list[tuple[int, int]] = []
    app = Host(PLACES[5])
    async with app.run_test(size=(120, 40)) as pilot:
        app.fill()
        view = app.screen.query_one("#heat", ChartView)
        picture = view.picture

        def draw(width: int, height: int):
            drawn.append((width, height))
            return picture.draw(width, height)

        view.show(Picture(draw))
        await pilot.pause()
        view.refresh()
        await pilot.pause()
        await pilot.press("tab", "tab")
        assert len(drawn) == 1
