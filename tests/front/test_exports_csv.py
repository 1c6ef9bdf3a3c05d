import csv
import io
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.exports.csv_dialects import DANGEROUS, EXCEL, MACHINE, csv_text, neutral
from workbench.exports.csv_tables import TABLES, table_csv
from workbench.pipeline.show_tables import CashflowRow, LineRow, cashflow_rows, chargeback_rows, line_rows

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1\n+2",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "a\rb",
    "a\r\nb",
    'q"q',
    "a;b,c",
    "🏭",
    "\u202eمصنع",
    "\0x",
    "",
    "'",
]
DIALECTS = {"machine": MACHINE, "excel": EXCEL}
MONEY = {
    "lines": ("upfront_cost", "monthly_cost", "horizon_cash", "horizon_cost", "committed_beyond_horizon"),
    "cashflow": ("cash", "amortised", "budget"),
    "chargeback": ("amount",),
    "summary": ("monthly_cost", "expected_loss_monthly", "sum_monthly", "total_cost", "amortised_total", "committed_beyond_horizon"),
}


def rows_of(text, delimiter=","):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True))


@pytest.fixture(scope="module")
def line(comparison):
    return line_rows(comparison)[0]


@pytest.mark.parametrize("name", DIALECTS)
@given(text=st.sampled_from(HOSTILE) | st.text())
def test_any_text_comes_back_whole_in_one_cell_and_is_no_formula(line, name, text):
    dialect = DIALECTS[name]
    words = {field.name: text for field in fields(LineRow) if field.type is str}
    written = csv_text(LineRow, [replace(line, **words), line], dialect)
    hostile, plain = rows_of(written, dialect.delimiter)
    assert plain == rows_of(csv_text(LineRow, [line], dialect), dialect.delimiter)[0]
    for key, cell in hostile.items():
        assert cell == (neutral(text) if key in words else plain[key])
        assert key not in words or not cell.startswith(DANGEROUS)


@pytest.mark.parametrize("name", DIALECTS)
@given(amount=st.decimals(-(10**9), 10**9, places=2))
def test_amounts_stay_numbers_with_two_places_whatever_their_sign(comparison, name, amount):
    row = replace(cashflow_rows(comparison)[0], cash=amount)
    written = rows_of(csv_text(CashflowRow, [row], DIALECTS[name]), DIALECTS[name].delimiter)[0]["cash"]
    assert Decimal(written.replace(DIALECTS[name].decimal, ".")) == amount
    assert len(written.replace(",", ".").partition(".")[2]) == 2


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("table", TABLES)
def test_a_hostile_study_keeps_its_rows_columns_and_sums(hostile, table, name):
    dialect = DIALECTS[name]
    found = rows_of(table_csv(hostile, table, name), dialect.delimiter)
    assert all(None not in row and None not in row.values() for row in found)
    assert not [cell for row in found for cell in row.values() if cell.startswith(tuple(set(DANGEROUS) - {"-"}))]
    assert {row["study"] for row in found} == {hostile.study}
    if table == "chargeback":
        plants = {row.plant for row in chargeback_rows(hostile)}
        assert {neutral(plant) for plant in plants} == {row["plant"] for row in found}
        assert "'=cmd|' /C calc'!A0" in {row["plant"] for row in found}
        assert {row["cost_centre"] for row in found} == {"'@SUM(A1)", "</script><b>x</b>", "4713", ""}


@pytest.mark.parametrize("table", TABLES)
def test_money_has_two_places_in_every_table(comparison, table):
    for row in rows_of(table_csv(comparison, table, "machine")):
        for column in MONEY[table]:
            assert row[column] == "?" or len(row[column].partition(".")[2]) == 2, (column, row[column])
            assert row[column] != ""
