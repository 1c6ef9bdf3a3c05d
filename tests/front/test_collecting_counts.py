"""Counts of orders in a file beside the study come into history with everything else."""

import pytest

from workbench.commands.collect import CollectOptions, collect
from workbench.history import open_history
from workbench.study.toml import read_study

STUDY = """
format = 1
[study]
name = "Counted"
as_of = 2026-11-01
horizon = "12 months"
[money]
currency = "EUR"
[platform]
region = "azure/westeurope"
offers = ["azure/D4s_v5"]
[policy.production]
response = { share = 0.95, within = "800 ms" }
[[drivers]]
name = "orders"
path = "orders.csv"
[[tenants]]
name = "leipzig"
"""
NOW_MS = 1_793_491_200_000  # 2026-11-01


@pytest.fixture
def collected(tmp_path):
    (tmp_path / "study.toml").write_text(STUDY)

    def run(counts: str):
        (tmp_path / "orders.csv").write_text(counts)
        return collect(read_study(tmp_path), CollectOptions(NOW_MS), lambda _what, _share: None)

    return run


def test_a_file_of_counts_comes_into_history_once(collected, tmp_path):
    text = "day,tenant,count\n2026-10-30,leipzig,31\n2026-10-31,leipzig,24\n"
    assert [(one.source, one.rows) for one in collected(text).pulled] == [("orders", 2)]
    assert [one.rows for one in collected(text).pulled] == [0]
    assert open_history(tmp_path / "history").rows("driver@orders")["value"].to_list() == [31.0, 24.0]


def test_a_file_that_cannot_be_read_is_named_and_changes_nothing(collected, tmp_path):
    found = collected("day,tenant,count\n2026-10-30,leipzig,many\n")
    assert not found.reached
    assert "orders.csv:2: count = many: is no number" in found.failed[0].error
    assert open_history(tmp_path / "history").series() == ()
