"""Widgets and the pure parts below them."""

import asyncio
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from workbench.tui.bench import Bench, Stopped
from workbench.tui.exporting import table_csv
from workbench.tui.widgets.grid import aligned, branches, flattened, lay_out
from workbench.tui.widgets.wrapping import wrapped
from workbench.views.cell import Align, Branch, Cell, Column, Row, Table

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Mn", "Me", "Cf")), max_size=60)


def _table(*rows: tuple[str, ...]) -> Table:
    columns = tuple(Column(str(i), f"column {i}", align=Align.LEFT if i == 0 else Align.RIGHT) for i in range(len(rows[0])))
    return Table("t", columns, tuple(Row(row[0], tuple(Cell(text, text) for text in row)) for row in rows))


@settings(max_examples=80, derandomize=True, deadline=None)
@given(text=TEXTS, width=st.integers(1, 40))
def test_wrapped_lines_fit_and_lose_no_letter(text, width):
    lines = wrapped(text, max(width, 2))
    assert all(cell_len(line) <= max(width, 2) for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@settings(max_examples=80, derandomize=True, deadline=None)
@given(text=TEXTS, width=st.integers(1, 40), align=st.sampled_from(Align))
def test_aligned_text_has_exactly_its_width(text, width, align):
    assert cell_len(aligned(text, width, Column("a", "a", align=align))) == width


@settings(max_examples=40, derandomize=True, deadline=None)
@given(room=st.integers(1, 200))
def test_columns_are_cut_to_the_room_but_stay_readable(room):
    table = _table(("a" * 50, "b" * 30, "c" * 20), ("x", "y", "z"))
    grid = lay_out(table, room=room)
    assert grid.width <= max(room, 26 + 14 + 14 + 4)
    assert grid.widths == lay_out(table).widths or grid.width >= min(room, lay_out(table).width)


def test_every_word_of_a_filter_must_stand_in_the_row():
    grid = lay_out(_table(("leipzig", "prod"), ("leipzig-staging", "staging"), ("jena", "prod")), "LEIP prod")
    assert [row.key for row in grid.rows] == ["leipzig"]
    assert grid.total == 3


def test_a_folded_tree_hides_what_lies_below():
    leaf = Branch("leaf", (Cell("leaf", "leaf"),))
    node = Branch("node", (Cell("node", "node"), Cell(1, "1")), (leaf,))
    root = Branch("root", (Cell("root", "root"),), (node,))
    assert [row.key for row in flattened(root, frozenset()).rows] == ["root", "node", "leaf"]
    assert [row.key for row in flattened(root, branches(root)).rows] == ["root", "node"]


def test_exported_texts_are_no_formulas_and_numbers_stay_whole():
    table = Table("", (Column("a", "a"), Column("b", "b")), (Row("r", (Cell("=1+1", "=1+1"), Cell(1234.5678, "1,235"))),))
    assert table_csv(table).splitlines() == ["a,b", "'=1+1,1234.5678"]


async def test_the_bench_answers_raises_and_stops():
    told: list[str] = []
    bench = Bench(lambda what, _share: told.append(what))
    assert await bench.do(lambda: 41 + 1) == 42

    def wrong() -> None:
        raise ValueError("no such pool")

    with pytest.raises(ValueError, match="no such pool"):
        await bench.do(wrong)
    started, go, ended = threading.Event(), threading.Event(), threading.Event()

    def long() -> None:
        started.set()
        go.wait(5)
        try:
            bench.progress("step", 0.5)
        except Stopped:
            ended.set()
            raise

    task = asyncio.create_task(bench.do(long))
    await asyncio.to_thread(started.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go.set()
    assert await asyncio.to_thread(ended.wait, 5)
    assert await bench.do(lambda: "next") == "next"
    bench.close()
