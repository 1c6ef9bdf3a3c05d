import csv
import io
import json
from datetime import date
from decimal import Decimal
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.commands.documents import table_document
from workbench.exports.csv_dialects import DANGEROUS, EXCEL, neutral
from workbench.exports.view_tables import view_csv
from workbench.views.cell import Cell, Column, Row, Table
from workbench.views.cost import cashflow_table, layers_table
from workbench.views.risk import domains_table, loss_table
from workbench.views.topologies import topologies_table

SCREENS = {
    "topologies": topologies_table,
    "layers": layers_table,
    "cashflow": cashflow_table,
    "loss": loss_table,
    "domains": lambda comparison: domains_table(comparison, "hybrid"),
}


def rows_of(text, delimiter=","):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True))


def one_row(*cells):
    return Table("t", tuple(Column(str(i), f"c{i}", "s" if i else "") for i in range(len(cells))), (Row("r", cells),), ("a note",))


@pytest.mark.parametrize("screen", SCREENS)
def test_a_shown_table_is_exported_cell_by_cell(comparison, screen):
    table = SCREENS[screen](comparison)
    document = json.loads(table_document(table, "json"))
    exported = rows_of(table_document(table, "csv"))
    assert [row["key"] for row in document["rows"]] == [row.key for row in table.rows]
    assert len(exported) == 1 + len(table.rows)
    for row, written, line in zip(table.rows, document["rows"], exported[1:], strict=True):
        for column, cell, field in zip(table.columns, row.cells, line, strict=True):
            assert written["cells"][column.key]["text"] == cell.text.strip()
            if isinstance(cell.value, Decimal):
                assert Decimal(field) == Decimal(written["cells"][column.key]["value"]) == cell.value
            elif isinstance(cell.value, float):
                assert float(field) == written["cells"][column.key]["value"] == cell.value
            elif isinstance(cell.value, date):
                assert field == written["cells"][column.key]["value"] == cell.value.isoformat()
            else:
                assert field == neutral(cell.text.strip()) or field == str(cell.value)


def test_values_are_whole_and_what_has_none_keeps_its_text():
    table = one_row(
        Cell("=1+1", "=1+1"), Cell(1234.5678, "1,235"), Cell(Decimal("-0.10"), "-0.10"), Cell(None, "? (no price)"), Cell(inf, "∞")
    )
    assert rows_of(view_csv(table)) == [
        ["c0", "c1 [s]", "c2 [s]", "c3 [s]", "c4 [s]"],
        ["'=1+1", "1234.5678", "-0.10", "? (no price)", "∞"],
    ]
    assert rows_of(view_csv(table, EXCEL), ";")[1][1:3] == ["1234,5678", "-0,10"]
    document = json.loads(table_document(table, "json"))
    assert document["notes"] == ["a note"]
    assert document["rows"][0]["cells"]["3"] == {"value": None, "text": "? (no price)", "unit": "", "mark": ""}


@given(st.text(), st.text())
def test_no_text_of_a_table_becomes_a_formula(title, text):
    table = Table("", (Column("k", title), Column("v", "v")), (Row("r", (Cell(text, text), Cell(1, "1"))),))
    heading, line = rows_of(view_csv(table))
    assert line == [neutral(text.strip()), "1"]
    assert not heading[0].startswith(DANGEROUS)


def test_an_unknown_ending_is_refused_with_the_known_ones(comparison):
    with pytest.raises(ValueError, match="choose one of csv, json"):
        table_document(topologies_table(comparison), "pdf")
