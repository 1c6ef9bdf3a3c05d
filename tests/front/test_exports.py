import csv
import io
import json
from collections import defaultdict
from dataclasses import dataclass, fields, replace
from decimal import Decimal

import pytest

from workbench.exports.comparison_json import comparison_json, origins_json
from workbench.exports.csv_dialects import EXCEL, MACHINE, csv_text, neutral
from workbench.exports.csv_tables import TABLES, table_csv
from workbench.exports.documents import json_text, to_json
from workbench.pipeline.show_tables import CashflowRow, ChargebackRow, LineRow, chargeback_rows

LINES = [
    "study",
    "scenario",
    "topology",
    "basis",
    "as_of",
    "line_key",
    "block",
    "layer",
    "environment",
    "pool",
    "tenants",
    "tenant_names",
    "provider",
    "region",
    "offer",
    "description",
    "purchase",
    "term_months",
    "quantity",
    "unit",
    "unit_price",
    "price_currency",
    "price_date",
    "price_kind",
    "price_source",
    "exchange_rate",
    "exchange_date",
    "currency",
    "spend",
    "upfront_cost",
    "monthly_cost",
    "horizon_cash",
    "horizon_cost",
    "committed_beyond_horizon",
    "first_month",
    "last_month",
    "tax",
    "reason",
]
CASHFLOW = [
    "study",
    "scenario",
    "topology",
    "basis",
    "line_key",
    "block",
    "fiscal_year",
    "month",
    "currency",
    "cash",
    "amortised",
    "budget",
]
CHARGEBACK = [
    "study",
    "scenario",
    "topology",
    "basis",
    "month",
    "plant",
    "tenant",
    "cost_centre",
    "block",
    "layer",
    "pool",
    "rule",
    "share",
    "currency",
    "amount",
]
KEYS = (
    [
        "study",
        "demo",
        "scenario",
        "as_of",
        "horizon",
        "currency",
        "basis",
        "seed",
        "versions",
        "price_dates",
        "assumed_share",
        "warnings",
        "topologies",
    ],
    [
        "name",
        "feasible",
        "monthly_cost",
        "total_cost",
        "expected_loss_monthly",
        "sum_monthly",
        "headroom",
        "headroom_after_loss",
        "exhaustion",
        "response_p95_s",
        "availability",
        "blast_radius",
        "pools",
        "reasons",
    ],
)


@dataclass(frozen=True, slots=True)
class Probe:
    name: str
    amount: Decimal | None
    figure: float | None
    kept: bool


def rows_of(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter))


def test_columns_are_those_that_finance_was_promised():
    assert [field.name for field in fields(LineRow)] == LINES
    assert [field.name for field in fields(CashflowRow)] == CASHFLOW
    assert [field.name for field in fields(ChargebackRow)] == CHARGEBACK


def test_documents_have_the_promised_keys_and_never_nan(comparison):
    document = comparison_json(comparison)
    assert list(document) == KEYS[0]
    for topology in document["topologies"]:
        assert list(topology) == KEYS[1]
    text = json_text(document)
    assert json.loads(text)["study"] == "Small"
    assert "NaN" not in text
    assert "Infinity" not in text


def test_lines_and_cashflow_sum_exactly_to_the_document(comparison):
    lines, flows = rows_of(table_csv(comparison, "lines", "machine")), rows_of(table_csv(comparison, "cashflow", "machine"))
    monthly, cash, flowing = defaultdict(Decimal), defaultdict(Decimal), defaultdict(Decimal)
    for row in lines:
        monthly[row["topology"]] += Decimal(row["monthly_cost"])
        cash[row["topology"]] += Decimal(row["horizon_cash"])
    for row in flows:
        flowing[row["topology"]] += Decimal(row["cash"])
    for topology in comparison_json(comparison)["topologies"]:
        name = topology["name"]
        assert str(monthly[name]) == topology["monthly_cost"]
        assert str(cash[name]) == str(flowing[name]) == topology["total_cost"]


def test_both_dialects_hold_the_same_numbers(comparison):
    for table in TABLES:
        machine, excel = table_csv(comparison, table, "machine"), table_csv(comparison, table, "excel")
        assert excel.startswith("\ufeff")
        assert excel.count("\r\n") == machine.count("\n")
        for plain, german in zip(rows_of(machine), rows_of(excel, ";"), strict=True):
            for key in plain:
                assert german[key] == plain[key] or german[key].replace(",", ".") == plain[key]


def test_the_chargeback_sums_to_the_amortised_bill_to_the_cent(comparison):
    sums = defaultdict(Decimal)
    for row in chargeback_rows(comparison):
        sums[row.topology] += row.amount
    for result in comparison.results:
        assert sums[result.name] == result.bill.amortised_total


def test_a_tenant_of_two_plants_is_divided_by_users(comparison):
    amounts = defaultdict(Decimal)
    for row in chargeback_rows(comparison):
        if row.tenant == "alpha" and row.topology == "current":
            amounts[row.plant] += row.amount
    assert amounts["Alpha"] / amounts["=Annex"] == pytest.approx(Decimal(4), rel=Decimal("0.01"))


def test_text_is_neutralised_and_numbers_stay_numbers(comparison):
    assert all(not row["plant"].startswith("=") for row in rows_of(table_csv(comparison, "chargeback", "machine")))
    assert "'=Annex" in table_csv(comparison, "chargeback", "machine")
    text = csv_text(Probe, [Probe("-1+2", Decimal("-12.50"), -0.5, kept=True), Probe("a;b", None, None, kept=False)], MACHINE)
    assert text.splitlines() == ["name,amount,figure,kept", "'-1+2,-12.50,-0.5,true", "a;b,?,,false"]
    assert csv_text(Probe, [Probe("a;b", Decimal("-12.50"), 1e-7, kept=True)], EXCEL).splitlines()[1] == '"a;b";-12,50;1e-07;true'


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\0x", "＝1"])
def test_every_dangerous_beginning_gets_a_quote(text):
    assert neutral(text) == f"'{text}"


def test_a_missing_price_is_a_question_mark_and_not_a_zero(comparison):
    gap = replace(
        comparison.result("current").bill.lines[0],
        unit_price=None, upfront_cost=None, monthly_cost=None, horizon_cash=None, horizon_cost=None, committed_beyond_horizon=None,
        price_source="no price",
    )  # fmt: skip
    result = comparison.result("current")
    bill = replace(result.bill, lines=(gap, *result.bill.lines[1:]))
    lacking = replace(comparison, results=(replace(result, bill=bill),))
    assert rows_of(table_csv(lacking, "lines", "machine"))[0]["monthly_cost"] == "?"
    document = comparison_json(lacking)["topologies"][0]
    assert document["monthly_cost"] is document["total_cost"] is None
    assert "monthly_cost, total_cost, sum_monthly: no price" in document["reasons"]
    assert table_csv(lacking, "chargeback", "machine").count("\n") == 1


def test_money_has_two_places_and_is_never_empty(comparison):
    for row in rows_of(table_csv(comparison, "lines", "machine")):
        for column in ("upfront_cost", "monthly_cost", "horizon_cash", "horizon_cost", "committed_beyond_horizon"):
            assert row[column].partition(".")[2].isdigit()
            assert len(row[column].partition(".")[2]) == 2


def test_the_demo_is_named_in_every_row(small):
    demo = replace(small.compare(("current",)), demo=True)
    for table in TABLES:
        assert {row["study"] for row in rows_of(table_csv(demo, table, "machine"))} == {"Small (demo)"}


def test_origins_say_what_is_assumed(comparison):
    origins = origins_json(comparison)
    assert origins["expected_loss_monthly"]["assumed"] is True
    assert origins["monthly_cost"]["parents"]


def test_only_what_can_be_written_is_taken():
    assert to_json({"a": float("inf"), "b": Decimal("1.10")}) == {"a": None, "b": "1.10"}
    with pytest.raises(TypeError, match="object"):
        to_json(object())
    with pytest.raises(ValueError, match="no table"):
        table_csv(None, "nothing", "machine")
    with pytest.raises(ValueError, match="no dialect"):
        table_csv(None, "lines", "nothing")
