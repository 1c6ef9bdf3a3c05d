"""Log bytes, page images and device operations, checked on measured runs against the server's and the kernel's counters."""

import csv
from pathlib import Path

import numpy as np
import pytest

from models.postgres_io import Interval, fit_device, fit_log, fit_writes, images_between_checkpoints, log_bytes_per_s

HEAP_PAGES, INDEX_PAGES = 81_968, 13_713
SIZES = [("32", "128"), ("128", "32")]


@pytest.fixture(scope="module")
def runs():
    with (Path(__file__).parent / "device_runs.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _updating(runs, size):
    return [row for row in runs if row["phase"] == "run" and row["cache_mib"] == size and float(row["log_syncs"]) > 1000]


def _columns(rows, *names):
    return [np.array([float(row[name]) for row in rows]) for name in names]


@pytest.mark.parametrize("size", ["32", "128"])
def test_page_images_are_the_distinct_pages_touched_since_the_checkpoint(runs, size):
    # A checkpoint before each run; every transaction changes one page of the table and one leaf.
    for row in _updating(runs, size):
        seconds = float(row["seconds"])
        per_s = float(row["transactions"]) / seconds
        images = images_between_checkpoints([per_s, per_s], [HEAP_PAGES, INDEX_PAGES], seconds)
        assert images == pytest.approx(float(row["page_images"]), rel=0.03)


@pytest.mark.parametrize(("seen", "other"), SIZES)
def test_log_bytes_at_another_rate_and_cache_are_foreseen(runs, seen, other):
    fit = fit_log(*_columns(_updating(runs, seen), "transactions", "page_images", "log_bytes"))
    assert 7000 < fit.second.mid <= 8192
    for row in _updating(runs, other):
        foreseen = fit.expected(float(row["transactions"]), float(row["page_images"]))
        assert foreseen.holds(float(row["log_bytes"]))
        assert foreseen.half_width < 0.02
        # From the transactions alone, images by the model.
        seconds = float(row["seconds"])
        per_s = float(row["transactions"]) / seconds
        images = images_between_checkpoints([per_s, per_s], [HEAP_PAGES, INDEX_PAGES], seconds)
        assert log_bytes_per_s(fit, per_s, images, seconds).mid * seconds == pytest.approx(float(row["log_bytes"]), rel=0.03)


@pytest.mark.parametrize(("seen", "other"), SIZES)
def test_kernels_count_of_writes_lies_inside_the_interval_fitted_at_the_other_cache_size(runs, seen, other):
    fit = fit_writes(*_columns(_updating(runs, seen), "log_syncs", "pages_written", "disk_writes"))
    # The file system's journal makes a sync more than one operation.
    assert fit.first.mid > 2
    for row in _updating(runs, other):
        foreseen = fit.expected(float(row["log_syncs"]), float(row["pages_written"]))
        assert foreseen.holds(float(row["disk_writes"]))
    if seen == "32":
        assert foreseen.half_width < 0.3


def test_kernels_count_of_reads_lies_inside_the_interval_fitted_at_the_other_cache_size(runs):
    # The system cache holds the database once it is warm, so hardly a block reaches the device: never one operation a block.
    warm = [row for row in runs if row["phase"] == "run" and not row["run"].endswith("warm")]
    small, large = ([row for row in warm if row["cache_mib"] == size] for size in ("32", "128"))
    seconds, blocks, reads = _columns(small, "seconds", "blocks_read", "disk_reads")
    fit = fit_device(blocks / seconds, reads / seconds)
    assert fit.per_block.high < 0.01
    seconds, blocks, reads = _columns(large, "seconds", "blocks_read", "disk_reads")
    mean = float(blocks.sum() / seconds.sum())
    assert fit.operations_per_s(Interval(mean, mean, mean)).holds(float(reads.sum() / seconds.sum()))


def test_planted_causes_are_found_and_drawn_jointly():
    random = np.random.default_rng(4)
    syncs, pages = random.uniform(10, 1000, 60), random.uniform(0, 800, 60)
    fit = fit_writes(syncs, pages, (2.5 * syncs + 0.7 * pages) * random.lognormal(0, 0.1, 60))
    assert fit.first.holds(2.5)
    assert fit.second.holds(0.7)
    drawn = fit.draws(400, 3)
    assert (drawn == fit.draws(900, 3)[:400]).all()
    assert np.corrcoef(drawn.T)[0, 1] < -0.3
    assert drawn.mean(axis=0) == pytest.approx([fit.first.mid, fit.second.mid], rel=0.05)


def test_log_of_a_transaction_falls_with_the_distance_of_checkpoints(runs):
    fit = fit_log(*_columns(_updating(runs, "32"), "transactions", "page_images", "log_bytes"))
    rates = []
    for distance in (30.0, 300.0, 3000.0):
        images = images_between_checkpoints([200.0, 200.0], [HEAP_PAGES, INDEX_PAGES], distance)
        rates.append(log_bytes_per_s(fit, 200.0, images, distance).mid)
    assert rates[0] > rates[1] > rates[2]


def test_bad_input_is_refused_by_name():
    with pytest.raises(ValueError, match="at least 3"):
        fit_log(np.ones(2), np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="negative"):
        fit_log(-np.ones(5), np.ones(5), np.ones(5))
    fit = fit_log(np.arange(1.0, 6), np.ones(5), np.arange(1.0, 6) * 700 + 8000)
    with pytest.raises(ValueError, match="amounts"):
        fit.expected(-1, 0)
    with pytest.raises(ValueError, match="checkpoint_s"):
        log_bytes_per_s(fit, 1, 1, 0)
    with pytest.raises(ValueError, match="give one each"):
        images_between_checkpoints([1.0], [1.0, 2.0], 30)
