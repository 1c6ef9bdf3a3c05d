"""Every way out holds the numbers of the screen."""

import csv
import io
import json
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from workbench.views.topologies import topologies_table

MONEY = ("monthly_cost", "expected_loss_monthly", "sum_monthly", "total_cost")
SHARES = {"worst_share": "worst_share", "headroom": "headroom", "over_objective": "over_objective"}


class Shown(HTMLParser):
    """The first table of a page, text by text."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.tables, self.inside = [], 0, False
        self.feed(text)

    def handle_starttag(self, tag, _attrs):
        self.tables += tag == "table"
        if self.tables == 1 and tag == "tr":
            self.rows.append([])
        elif self.tables == 1 and tag in {"td", "th"}:
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag):
        self.inside = self.inside and tag not in {"td", "th"}

    def handle_data(self, text):
        if self.inside:
            self.rows[-1][-1] += text


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def exported(comparison, small_folder, tmp_path_factory):
    """All files of one command line, beside what it printed."""
    from workbench.cli import main

    folder = tmp_path_factory.mktemp("exported")
    printed = io.StringIO()
    files = [part for kind in ("xlsx", "html", "focus") for part in (f"--{kind}", str(folder / f"all.{kind}"))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", printed)
        for name in ("summary", "lines", "cashflow", "chargeback"):
            more = files if name == "summary" else []
            printed.truncate(printed.seek(0))
            assert main(["compare", str(small_folder), "--json", "--csv", str(folder / f"{name}.csv"), "--table", name, *more]) == 0
    return folder, json.loads(printed.getvalue())


@pytest.fixture(scope="module")
def screen(comparison):
    return topologies_table(comparison)


def test_money_is_the_same_in_every_format(exported, screen, comparison):
    folder, document = exported
    summary = {row["topology"]: row for row in table(folder / "summary.csv")}
    page = {row[0].strip(): row[1:] for row in Shown((folder / "all.html").read_text(encoding="utf-8")).rows}
    for at, topology in enumerate(document["topologies"]):
        name = topology["name"]
        for figure in MONEY:
            cell = screen.cell(figure, name)
            assert topology[figure] == summary[name][figure] == f"{cell.value:f}", (name, figure)
            assert page[screen.row(figure).cells[0].text.strip()][at] == cell.marked
            assert cell.text.replace(",", "") == summary[name][figure]


def test_shares_are_the_same_to_the_last_digit(exported, screen):
    folder, _ = exported
    for row in table(folder / "summary.csv"):
        for figure, key in SHARES.items():
            assert float(row[figure]) == screen.cell(key, row["topology"]).value


def test_totals_are_sums_of_lines_to_the_cent_in_every_file(exported, comparison):
    folder, _ = exported
    added = {
        "total_cost": [("lines", "horizon_cash", "topology"), ("cashflow", "cash", "topology")],
        "monthly_cost": [("lines", "monthly_cost", "topology")],
        "amortised_total": [
            ("lines", "horizon_cost", "topology"),
            ("cashflow", "amortised", "topology"),
            ("chargeback", "amount", "topology"),
        ],
    }
    for row in table(folder / "summary.csv"):
        for figure, places in added.items():
            for file, column, key in places:
                assert sum(Decimal(one[column]) for one in table(folder / f"{file}.csv") if one[key] == row["topology"]) == Decimal(
                    row[figure]
                )
        for column, figure in (("BilledCost", "total_cost"), ("EffectiveCost", "amortised_total")):
            charges = [one for one in table(folder / "all.focus") if one["x_Topology"] == row["topology"]]
            assert sum(Decimal(one[column]) for one in charges) == Decimal(row[figure])


def test_no_file_is_left_half_written(exported):
    folder, _ = exported
    kept = {"all.xlsx", "all.html", "all.focus", "summary.csv", "lines.csv", "cashflow.csv", "chargeback.csv"}
    assert {path.name for path in folder.iterdir()} == kept


def test_an_export_that_cannot_be_made_keeps_the_file_before(small_folder, tmp_path, monkeypatch, ask):
    from workbench.exports import workbook_cells

    target = tmp_path / "kept.xlsx"
    target.write_bytes(b"before")
    monkeypatch.setattr(workbook_cells, "MOST_ROWS", 2)
    answer = ask("compare", small_folder, "--topology", "current", "--xlsx", target)
    assert answer.code == 2
    assert "write CSV" in answer.err
    assert target.read_bytes() == b"before"
