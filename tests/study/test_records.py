"""A record is frozen: the same bytes for the same result, never overwritten by accident."""

from dataclasses import replace
from datetime import date

import pytest

from workbench.study.records import (
    Change,
    Record,
    changes_between,
    input_hashes,
    read_record,
    record_json,
    replace_record,
    write_record,
)

FIGURES = {"hybrid": {"monthly_cost": "10412.55", "headroom": 0.12, "exhaustion": None, "pools": ["db-1", "db-2"]}}
RECORD = Record(
    name="2026-11-budget",
    study="Meridian Manufacturing",
    as_of=date(2026, 11, 1),
    basis="3f9c1a77aa01",
    reason="budget round, größter Wert",
    figures=FIGURES,
    inputs={"study.toml": "00"},
    versions={"capacity-workbench": "0.1.0"},
)


def test_a_record_written_reads_back_the_same(tmp_path):
    path = write_record(tmp_path, RECORD)
    assert path == tmp_path / "records" / "2026-11-budget.json"
    assert read_record(tmp_path, "2026-11-budget") == RECORD
    assert [file.name for file in path.parent.iterdir()] == ["2026-11-budget.json"]


def test_the_order_of_keys_changes_no_byte():
    turned = replace(RECORD, figures={"hybrid": dict(reversed(FIGURES["hybrid"].items()))})
    assert record_json(turned) == record_json(RECORD)


def test_a_record_is_not_overwritten_unless_told(tmp_path):
    write_record(tmp_path, RECORD)
    with pytest.raises(ValueError, match="exists"):
        write_record(tmp_path, replace(RECORD, reason="other"))
    assert read_record(tmp_path, RECORD.name) == RECORD
    replace_record(tmp_path, replace(RECORD, reason="other"))
    assert read_record(tmp_path, RECORD.name).reason == "other"


def test_a_figure_that_is_not_finite_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"figures.hybrid.headroom is not finite"):
        write_record(tmp_path, replace(RECORD, figures={"hybrid": {"headroom": float("nan")}}))
    assert not (tmp_path / "records").exists()


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a b"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="record name"):
        write_record(tmp_path, replace(RECORD, name=name))


def test_a_missing_or_broken_record_is_named(tmp_path):
    path = write_record(tmp_path, RECORD)
    with pytest.raises(ValueError, match="known are 2026-11-budget"):
        read_record(tmp_path, "x")
    for text in ("{", "[]", "{}", record_json(RECORD).replace('"format": 1', '"format": 2')):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match="is no record"):
            read_record(tmp_path, RECORD.name)


def test_changes_are_the_leaves_that_differ():
    moved = {"hybrid": {"monthly_cost": "10500.00", "headroom": 0.12, "exhaustion": None, "pools": ["db-1"]}}
    assert changes_between(RECORD, replace(RECORD, name="later", figures=moved)) == (
        Change("figures.hybrid.monthly_cost", "10412.55", "10500.00"),
        Change("figures.hybrid.pools[1]", "db-2", None),
    )
    assert changes_between(RECORD, RECORD) == ()


def test_input_hashes_follow_the_files(folder):
    before = input_hashes(folder)
    assert sorted(before) == ["incidents.csv", "study.toml", "tenants.csv", "topologies/current.toml"]
    (folder / "tenants.csv").write_text("name\n", encoding="utf-8")
    after = input_hashes(folder)
    assert [file for file in before if before[file] != after[file]] == ["tenants.csv"]
