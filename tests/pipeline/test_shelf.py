"""What is kept on disk changes no digit, and whatever is wrong with it is as if it were not there."""

import os
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from workbench.pipeline.session import open_session
from workbench.pipeline.shelf import Shelf, fit_key, shelf
from workbench.study.edits import ScaleDriver
from workbench.study.toml import read_study


@pytest.fixture
def kept(tmp_path):
    return Shelf(tmp_path / "shelf")


def test_an_entry_is_computed_once_and_read_afterwards(kept):
    first = kept.get("numbers", "k", dict, lambda: {"a": np.arange(5.0)})
    again = kept.get("numbers", "k", dict, lambda: pytest.fail("computed again"))
    assert np.array_equal(first["a"], again["a"])
    assert kept.get("numbers", "other", dict, lambda: {"b": 1}) == {"b": 1}


@pytest.mark.parametrize("damage", ["cut", "altered", "other kind", "empty"])
def test_a_damaged_entry_is_computed_and_written_anew(kept, damage):
    kept.get("numbers", "k", list, lambda: [1, 2, 3])
    (path,) = kept.folder.glob("*.pickle")
    whole = path.read_bytes()
    if damage == "other kind":
        kept.folder.joinpath("numbers-k.pickle").unlink()
        kept.get("numbers", "k", dict, lambda: {"not": "a list"})
    else:
        path.write_bytes({"cut": whole[:-3], "altered": whole[:-3] + b"abc", "empty": b""}[damage])
    assert kept.get("numbers", "k", list, lambda: [4]) == [4]
    assert kept.get("numbers", "k", list, lambda: [5]) == [4]
    assert not list(kept.folder.glob(".half*"))


def test_the_entries_used_longest_ago_go_when_there_are_too_many(tmp_path):
    small = Shelf(tmp_path, most_bytes=30_000)
    for name in ("a", "b", "c"):
        small.get(name, "k", bytes, lambda: bytes(12_000))
        for path in tmp_path.glob("*.pickle"):
            os.utime(path, (path.stat().st_atime - 10, path.stat().st_mtime - 10))
        small.get("a", "k", bytes, lambda: bytes(12_000))
    assert {path.name[0] for path in tmp_path.glob("*.pickle")} == {"a", "c"}


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert Shelf(tmp_path / "file").get("numbers", "k", list, lambda: [1]) == [1]


def test_the_environment_switches_it_off_or_moves_it(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_CACHE", "off")
    assert shelf().folder is None
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    assert shelf().folder == tmp_path


def test_the_key_follows_history_seed_and_tenants_but_no_price(small_folder):
    study = read_study(small_folder)
    history = small_folder / "history"
    key = fit_key(study, history)
    assert fit_key(read_study(small_folder), history) == key
    assert fit_key(replace(study, labour=replace(study.labour, per_hour=Decimal(1))), history) == key
    assert fit_key(replace(study, seed=study.seed + 1), history) != key
    assert fit_key(replace(study, tenants=study.tenants[1:]), history) != key
    (history / "requests" / "more.json").write_text("{}")
    try:
        assert fit_key(study, history) != key
    finally:
        (history / "requests" / "more.json").unlink()


def test_the_second_process_has_the_same_digits(small_folder, small, monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    edits = [ScaleDriver("requests", 1.1)]
    written = [open_session(read_study(small_folder), edits).compare() for _ in range(2)]
    plain = small.edited(edits).compare()
    assert {path.name.split("-")[0] for path in tmp_path.glob("*.pickle")} == {
        "observed",
        "workloads",
        "growth",
        "demand",
        "result",
        "usable",
    }
    for found in written:
        assert found.basis.hash == plain.basis.hash
        for one, other in zip(found.results, plain.results, strict=True):
            assert (one.bill.lines, one.sum_monthly, one.tightest()) == (other.bill.lines, other.sum_monthly, other.tightest())
            assert np.array_equal(one.total_paths, other.total_paths)
            assert one.exhaustion() == other.exhaustion()
            assert [pool.exhaustion.items() for pool in one.plan.pools] == [pool.exhaustion.items() for pool in other.plan.pools]
