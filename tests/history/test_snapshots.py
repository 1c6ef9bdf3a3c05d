"""Snapshots are lines; folding them is repeatable and forgives a line cut off by a kill."""

import numpy as np

from workbench.history import append_snapshot, fold_snapshots

START_MS = 1_767_225_600_000
HOUR = 3_600_000
EPOCH = "2025-12-01T00:00:00+00:00|7400000000000000001"


def snapshot(make, hour):
    rows = [("leipzig", hour * HOUR, 7200.0 * hour, EPOCH)]
    return [
        make("database_blocks_read", rows, source="pg"),
        make("database_bytes", [("leipzig", hour * HOUR, 5e9, "")], source="pg"),
    ]


def test_snapshots_become_series(history, make):
    for hour in range(1, 30):
        path = append_snapshot(history, snapshot(make, hour))
    assert path is not None
    assert path.name == "2026-01-02.jsonl"
    folded = fold_snapshots(history)
    assert (folded.snapshots, folded.rows, folded.damaged) == (29, 58, ())
    np.testing.assert_allclose(history.hourly("database_blocks_read").values, 2.0)
    assert list((history.folder / "snapshots").iterdir()) == []


def test_folding_again_changes_nothing(history, make, content):
    append_snapshot(history, snapshot(make, 1))
    fold_snapshots(history)
    before = content(history.folder)
    append_snapshot(history, snapshot(make, 1))
    assert fold_snapshots(history).rows == 0
    assert content(history.folder) == before


def test_a_line_cut_off_by_a_kill_is_named_and_the_others_survive(history, make):
    path = append_snapshot(history, snapshot(make, 1))
    with path.open("a") as file:
        file.write('{"taken_ms":5,"series":[{"sour')
    append_snapshot(history, snapshot(make, 2))
    folded = fold_snapshots(history)
    assert folded.snapshots == 2
    assert folded.damaged == ("2026-01-01.0.folding:2",)


def test_files_left_by_a_killed_fold_are_folded_next_time(history, make):
    path = append_snapshot(history, snapshot(make, 1))
    path.rename(path.with_name("2026-01-01.0.folding"))
    append_snapshot(history, snapshot(make, 2))
    assert fold_snapshots(history).snapshots == 2


def test_nothing_to_write_and_nothing_to_fold(history):
    assert append_snapshot(history, []) is None
    assert fold_snapshots(history).snapshots == 0
