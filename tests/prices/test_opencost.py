from datetime import date
from decimal import Decimal

import pytest

from workbench.prices.files import import_prices
from workbench.prices.imported import PriceFileError

SEEN = date(2026, 11, 1)
DEFAULTS = {
    "provider": "custom",
    "description": "our cluster",
    "CPU": "0.031611",
    "spotCPU": "0.006655",
    "RAM": "0.004237",
    "GPU": "0.95",
    "storage": "0.00005479452",
    "zoneNetworkEgress": "0.01",
    "internetNetworkEgress": "0.12",
}
HEADER = "EndTimestamp,InstanceID,Region,AssetClass,InstanceIDField,InstanceType,MarketPriceHourly,Version\n"


def test_default_prices_are_texts_per_hour(json_file, known):
    found = import_prices(json_file(DEFAULTS), known, SEEN)
    book = found.book
    assert book.price("opencost/cpu", "anywhere", "hour").amount == Decimal("0.031611")
    assert book.price("opencost/memory", "anywhere", "GiB-month").amount == Decimal("0.004237") * 730
    storage = book.price("opencost/storage", "anywhere", "GiB-month")
    assert storage.amount.quantize(Decimal("0.0001")) == Decimal("0.04")
    assert storage.original == "0.00005479452 per GiB and hour"
    assert book.price("opencost/egress", "anywhere", "GiB").amount == Decimal("0.12")
    assert {left.reason for left in found.left_out} == {
        "spot can be taken away",
        "GPU is not read",
        "provider is not read",
        "description is not read",
    }
    assert found.format == "opencost-json"


def test_currency_is_that_of_the_file_else_said_to_be_taken(json_file, known):
    euros = import_prices(json_file({**DEFAULTS, "currencyCode": "EUR"}), known)
    assert {price.currency for price in euros.book.prices} == {"EUR"}
    assert euros.warnings == ()
    assert "states no currency: USD is taken" in import_prices(json_file(DEFAULTS), known).warnings[0]


def test_number_where_a_text_belongs_is_refused(json_file, known):
    with pytest.raises(PriceFileError, match=r"prices.json, RAM: RAM is .*write it as a text"):
        import_prices(json_file({**DEFAULTS, "RAM": 0.004}), known)


def test_nodes_and_volumes(tmp_path, known):
    path = tmp_path / "nodes.csv"
    path.write_text(
        HEADER
        + "2026-09-30 23:34:22 UTC,pool-1,,node,metadata.name,big-node,0.1337,\n"
        + ",fast,brno,pv,spec.storageClassName,,0.0001,v1\n"
        + ",rtx,,gpu,gpu,,0.75,\n"
    )
    found = import_prices(path, known, SEEN)
    node = found.book.price("opencost/big-node", "anywhere", "hour")
    assert (node.amount, node.region, node.as_of) == (Decimal("0.1337"), "*", date(2026, 9, 30))
    volume = found.book.price("opencost/fast", "brno", "GiB-month")
    assert (volume.amount, volume.as_of, volume.original) == (Decimal("0.073"), SEEN, "0.0001 per GiB and hour")
    assert found.book.offer("opencost/big-node", "brno").limits["cpu"] is None
    assert [left.reason for left in found.left_out] == ["asset class gpu is not read"]


def test_two_prices_of_one_node_type_are_a_conflict(tmp_path, known):
    path = tmp_path / "nodes.csv"
    path.write_text(HEADER + ",a,,node,metadata.name,big,0.1,\n,b,,node,metadata.name,big,0.2,\n")
    assert len(import_prices(path, known).book.conflicts) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (",a,,node,metadata.name,big,cheap,\n", "nodes.csv:2: MarketPriceHourly is 'cheap'"),
        (",a,,node,metadata.name,big\n", "nodes.csv:2: 6 cells where the header has 8"),
        (",a,,node,metadata.name,big,0.1,", "the last line has no line break"),
        ("yesterday,a,,node,metadata.name,big,0.1,\n", "nodes.csv:2: EndTimestamp is 'yesterday'"),
        (",,,node,metadata.name,,0.1,\n", "neither InstanceType nor InstanceID"),
    ],
)
def test_what_is_broken_is_named_with_its_line(tmp_path, known, row, said):
    path = tmp_path / "nodes.csv"
    path.write_text(HEADER + row)
    with pytest.raises(PriceFileError, match=said):
        import_prices(path, known)
