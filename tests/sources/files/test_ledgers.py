"""The user's own lists of incidents and invoices."""

from datetime import date
from decimal import Decimal

import pytest

from workbench.sources.files import BadFile, read_incidents, read_invoices


def test_incidents_come_by_start(tmp_path) -> None:
    path = tmp_path / "incidents.csv"
    path.write_text(
        "start,end,cause,domain,tenants\n"
        "2026-03-01T10:00+01:00,2026-03-01T11:30+01:00,disk full,database server,leipzig; zwickau\n"
        "2026-01-01T10:00Z,2026-01-01T10:10Z,release,release,\n"
    )
    first, second = read_incidents(path)
    assert first.tenants == ()
    assert second.tenants == ("leipzig", "zwickau")


def test_invoices_are_decimal(tmp_path) -> None:
    path = tmp_path / "invoices.csv"
    path.write_text("month,amount,currency,source\n2026-10,18250.40,EUR,\n")
    (row,) = read_invoices(path)
    assert (row.month, row.amount, row.currency, row.source) == (date(2026, 10, 1), Decimal("18250.40"), "EUR", "invoice")


def test_every_error_of_a_list_comes_at_once(tmp_path) -> None:
    path = tmp_path / "incidents.csv"
    header = "start,end,cause,domain,tenants\n"
    path.write_text(
        header + "2026-03-01T10:00,2026-03-01T11:00Z,x,node,\n2026-03-02T10:00Z,2026-03-01T11:00Z,x,node,\nyesterday,b,c,d,e\na,b\n"
    )
    with pytest.raises(BadFile) as caught:
        read_incidents(path)
    assert [complaint.partition(":")[0] for complaint in caught.value.complaints] == ["2", "3", "4", "5"]


@pytest.mark.parametrize("row", ["October,1,EUR,x", "2026-10,1.000,00,EUR", "2026-10,NaN,EUR,x", "2026-10,-5,EUR,x", "2026-10,5,euro,x"])
def test_a_wrong_invoice_is_named(tmp_path, row) -> None:
    path = tmp_path / "invoices.csv"
    path.write_text(f"month,amount,currency,source\n{row}\n")
    with pytest.raises(BadFile, match=r"invoices\.csv:2"):
        read_invoices(path)
