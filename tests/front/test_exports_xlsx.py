import io
import re
import zipfile
from dataclasses import dataclass, fields, replace
from decimal import ROUND_HALF_UP, Decimal
from math import prod
from xml.etree import ElementTree as ET

import pytest

from workbench.exports import workbook_cells
from workbench.exports.workbook import SHEETS, workbook_bytes
from workbench.exports.workbook_summary import ADDED, CHECKED
from workbench.pipeline.show_charts import fiscal_years
from workbench.pipeline.show_summary import summary_rows
from workbench.pipeline.show_tables import CashflowRow, ChargebackRow, LineRow, cashflow_rows, chargeback_rows, line_rows

SPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
TABLES = {"lines": (LineRow, line_rows), "cashflow": (CashflowRow, cashflow_rows), "chargeback": (ChargebackRow, chargeback_rows)}
TOKEN = re.compile(r'\s*("(?:[^"]|"")*"|[A-Z]+\(|(?:\w+!)?\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?|\d+(?:\.\d+)?|--|[<>=+\-*,()])')
CENT = Decimal("0.01")
ONE, NONE = Decimal(1), Decimal(0)


@dataclass(frozen=True, slots=True)
class Held:
    """A cell as the file holds it."""

    value: object
    formula: str | None


def opened(content):
    """Return sheet to cells by address, read from the file itself."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        book = ET.fromstring(file.read("xl/workbook.xml"))  # noqa: S314  # our own file
        names = [sheet.get("name") for sheet in book.findall("m:sheets/m:sheet", SPACE)]
        shared = []
        if "xl/sharedStrings.xml" in file.namelist():
            shared = [node.findtext("m:t", "", SPACE) for node in ET.fromstring(file.read("xl/sharedStrings.xml"))]  # noqa: S314
        return {name: cells(file.read(f"xl/worksheets/sheet{number}.xml"), shared) for number, name in enumerate(names, 1)}


def cells(content, shared):
    found = {}
    for cell in ET.fromstring(content).iterfind(  # noqa: S314
        "m:sheetData/m:row/m:c", SPACE
    ):
        kind, text = cell.get("t"), cell.findtext("m:v", None, SPACE)
        formula = cell.findtext("m:f", None, SPACE)
        if kind == "inlineStr":
            value = "".join(node.text or "" for node in cell.iterfind("m:is/m:t", SPACE))
        elif kind == "s":
            value = shared[int(text)]
        elif kind == "str" or text is None:
            value = text
        else:
            value = Decimal(text)
        found[cell.get("r")] = Held(value, formula)
    return found


class Sheet:
    """Computes formulas of a sheet anew, whatever values the file holds beside them."""

    def __init__(self, book, name):
        self.book, self.name = book, name

    def value(self, address):
        held = self.book[self.name].get(address)
        if held is None:
            return None
        return held.value if held.formula is None else self.computed(held.formula)

    def computed(self, formula):
        self.tokens, rest = [], formula
        while rest:
            match = TOKEN.match(rest)
            assert match, f"cannot read {rest!r}"
            self.tokens.append(match[1])
            rest = rest[match.end() :]
        saved, self.tokens = self.tokens, list(reversed(self.tokens))
        value = self.comparison()
        assert not self.tokens, (saved, self.tokens)
        return value

    def comparison(self):
        left = self.addition()
        if self.tokens and self.tokens[-1] in "<>=":
            how, right = self.tokens.pop(), self.addition()
            if isinstance(left, list):
                return [one == right for one in left]
            return {"<": left < right, ">": left > right}.get(how) if how != "=" else left == right
        return left

    def addition(self):
        left = self.product()
        while self.tokens and self.tokens[-1] in "+-":
            sign = -1 if self.tokens.pop() == "-" else 1
            right = self.product()
            left = "#VALUE!" if isinstance(left, str) or isinstance(right, str) else left + sign * right
        return left

    def product(self):
        left = self.atom()
        while self.tokens and self.tokens[-1] == "*":
            self.tokens.pop()
            right = self.atom()
            left = "#VALUE!" if isinstance(left, str) or isinstance(right, str) else left * right
        return left

    def atom(self):
        token = self.tokens.pop()
        if token == "--":
            return [ONE if one else NONE for one in self.atom()]
        if token == "(":
            value = self.comparison()
            assert self.tokens.pop() == ")"
            return value
        if token.endswith("("):
            return self.function(token[:-1])
        if token.startswith('"'):
            return token[1:-1].replace('""', '"')
        return self.reference(token) if re.search(r"[A-Z]", token) else Decimal(token)

    def reference(self, token):
        sheet, _, place = token.rpartition("!")
        where = Sheet(self.book, sheet or self.name)
        first, _, last = place.replace("$", "").partition(":")
        if not last:
            return where.value(first)
        letters = first.rstrip("0123456789")
        assert last.rstrip("0123456789") == letters
        return [where.value(f"{letters}{row}") for row in range(int(first[len(letters) :]), int(last[len(letters) :]) + 1)]

    def function(self, name):
        arguments = [self.comparison()]
        while self.tokens[-1] == ",":
            self.tokens.pop()
            arguments.append(self.comparison())
        assert self.tokens.pop() == ")"
        return {"IF": self.chosen, "ROUND": self.rounded, "SUMPRODUCT": self.summed, "COUNT": self.counted}[name](*arguments)

    def chosen(self, test, then, otherwise):
        return then if test else otherwise

    def rounded(self, value, places):
        return value if isinstance(value, str) else value.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)

    def summed(self, *columns):
        """Text counts as nothing, as spreadsheets have it: formulas must ask for it themselves."""
        rows = ([one if isinstance(one, Decimal) else 0 for one in row] for row in zip(*columns, strict=True))
        return sum((prod(row) for row in rows if all(row)), Decimal(0))

    def counted(self, *values):
        return Decimal(sum(isinstance(value, Decimal) for value in values))


def column_of(book, figure, topology):
    """Return the address of a figure of a topology on the summary."""
    sheet = book["summary"]
    row = next(re.sub("[A-Z]", "", at) for at, held in sheet.items() if re.fullmatch(r"A\d+", at) and held.value == figure)
    letters = next(re.sub(r"\d", "", at) for at, held in sheet.items() if re.fullmatch("[A-Z]+1", at) and held.value == topology)
    return f"{letters}{row}"


@pytest.fixture(scope="module")
def book(comparison):
    return opened(workbook_bytes(comparison))


def test_the_sheets_are_those_promised_and_the_bytes_repeat(comparison, book):
    assert tuple(book) == SHEETS
    assert workbook_bytes(comparison) == workbook_bytes(comparison)


@pytest.mark.parametrize("figure", [*ADDED, "sum_monthly"])
def test_formulas_add_up_anew_to_the_bill_to_the_cent(comparison, book, figure):
    for result in comparison.results:
        expected = {
            "monthly_cost": result.monthly_cost,
            "sum_monthly": result.sum_monthly,
            "total_cost": result.total_cost,
            "cash_in_cashflow": result.total_cost,
            "committed_beyond_horizon": result.bill.committed_beyond,
        }.get(figure, result.bill.amortised_total)
        at = column_of(book, figure, result.name)
        held = book["summary"][at]
        assert held.formula is not None
        assert Sheet(book, "summary").value(at) == expected
        assert held.value.quantize(CENT) == expected


def test_checks_are_nothing_and_fiscal_years_are_those_of_the_screen(comparison, book):
    sheet = Sheet(book, "summary")
    for result in comparison.results:
        for check in CHECKED:
            assert sheet.value(column_of(book, check, result.name)) == 0
        years = fiscal_years(comparison, result)
        assert sum(year.paid for year in years) == result.total_cost
        for year in years:
            assert sheet.value(column_of(book, f"cash {year.fiscal_year}", result.name)) == year.paid
            left = sheet.value(column_of(book, f"left {year.fiscal_year}", result.name))
            assert left == ("?" if year.budget is None else year.budget - year.paid)


def test_a_wrong_amount_moves_the_total_and_its_check(comparison, book):
    name = comparison.results[0].name
    column = [field.name for field in fields(LineRow)].index("horizon_cash")
    at = f"{letters_of(column)}2"
    spoiled = {**book, "lines": {**book["lines"], at: Held(book["lines"][at].value + 1, None)}}
    assert Sheet(spoiled, "summary").value(column_of(book, "total_cost", name)) == comparison.results[0].total_cost + 1
    assert Sheet(spoiled, "summary").value(column_of(book, "cash_check", name)) == 1


def letters_of(column):
    return chr(65 + column) if column < 26 else f"A{chr(65 + column - 26)}"


@pytest.mark.parametrize("sheet", TABLES)
def test_rows_hold_the_values_of_the_tables(comparison, book, sheet):
    row_type, rows = TABLES[sheet]
    names = [field.name for field in fields(row_type)]
    assert [book[sheet][f"{letters_of(at)}1"].value for at in range(len(names))] == names
    for line, row in enumerate(rows(comparison), 2):
        for at, name in enumerate(names):
            value, held = getattr(row, name), book[sheet].get(f"{letters_of(at)}{line}")
            if isinstance(value, Decimal):
                assert abs(held.value - value) <= abs(value) * Decimal("1e-15")
            elif isinstance(value, str):
                assert (held.value or "" if held else "") == value


def test_figures_are_those_of_the_summary(comparison, book):
    for row in summary_rows(comparison):
        for name in ("headroom", "worst_share", "response_p95_s", "bad_year_loss", "availability_worst"):
            assert float(book["summary"][column_of(book, name, row.topology)].value) == pytest.approx(getattr(row, name), rel=1e-15)


def test_one_missing_price_makes_the_total_unknown_and_not_less(comparison):
    result = comparison.result("current")
    gap = replace(
        result.bill.lines[0],
        unit_price=None, upfront_cost=None, monthly_cost=None, horizon_cash=None, horizon_cost=None, committed_beyond_horizon=None,
    )  # fmt: skip
    lacking = replace(comparison, results=(replace(result, bill=replace(result.bill, lines=(gap, *result.bill.lines[1:]))),))
    book = opened(workbook_bytes(lacking))
    for figure in ("monthly_cost", "total_cost", "sum_monthly", "cash_in_cashflow", "cash_check"):
        at = column_of(book, figure, "current")
        assert book["summary"][at].value == Sheet(book, "summary").value(at) == "?"


def test_hostile_texts_stay_texts(hostile):
    book = opened(workbook_bytes(hostile))
    assert not [at for name in SHEETS[1:] for at, held in book[name].items() if held.formula is not None]
    plants = {held.value for at, held in book["chargeback"].items() if re.fullmatch(r"F\d+", at)}
    assert "=cmd|' /C calc'!A0" in plants
    assert {held.value for at, held in book["lines"].items() if re.fullmatch(r"A\d+", at)} == {"study", hostile.study}


def test_what_no_sheet_can_hold_is_cut_visibly_or_refused(comparison, monkeypatch):
    assert workbook_cells.cut("x" * 40_000) == "x" * 32_766 + "…"
    assert workbook_cells.cut("x" * 32_767) == "x" * 32_767
    monkeypatch.setattr(workbook_cells, "MOST_ROWS", 3)
    with pytest.raises(ValueError, match=r"lines has .* rows, a sheet holds 2: choose fewer topologies, or write CSV"):
        workbook_bytes(comparison)
