"""Counts of days from a CSV: stamped at the start of the day, missing is not zero, every error at once."""

import pytest

from workbench.sources.files import BadFile, read_daily_counts

DAY_MS = 86_400_000
FIRST_MS = 1_767_225_600_000  # 2026-01-01


@pytest.fixture
def counts(tmp_path):
    def write(text: str):
        path = tmp_path / "orders.csv"
        path.write_text(text)
        return path

    return write


def test_counts_are_stamped_at_the_start_of_their_day(counts):
    samples = read_daily_counts(counts("day,tenant,count\n2026-01-02,leipzig,31\n2026-01-01,leipzig,24\n2026-01-01,jena,0\n"), "orders")
    assert samples.series == "driver@orders"
    assert samples.frame.rows() == [
        ("jena", FIRST_MS, 0.0, ""),
        ("leipzig", FIRST_MS, 24.0, ""),
        ("leipzig", FIRST_MS + DAY_MS, 31.0, ""),
    ]
    assert (samples.start_ms, samples.end_ms) == (FIRST_MS - 1, FIRST_MS + 2 * DAY_MS - 1)


def test_a_day_that_nobody_counted_is_missing_and_not_zero(counts):
    samples = read_daily_counts(counts("day,tenant,count\n2026-01-01,leipzig,24\n2026-01-02,leipzig,\n"), "orders")
    assert samples.frame.height == 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("2026-02-30,leipzig,3", "orders.csv:2: day = 2026-02-30: is no date"),
        ("2026-02-01,,3", "tenant is empty"),
        ("2026-02-01,leipzig,many", "count = many: is no number"),
        ("2026-02-01,leipzig,-3", "must be finite and not negative"),
        ("2026-02-01,leipzig,inf", "must be finite and not negative"),
        ("2026-02-01,leipzig", "has 2 cells"),
        ("2026-02-01,leipzig,3\n2026-02-01,leipzig,4", "orders.csv:3: leipzig on 2026-02-01 appears more than once"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(counts, row, expected):
    with pytest.raises(BadFile) as caught:
        read_daily_counts(counts(f"day,tenant,count\n{row}\n"), "orders")
    assert expected in str(caught.value)


def test_other_columns_are_refused(counts):
    with pytest.raises(BadFile, match="name them day, tenant, count"):
        read_daily_counts(counts("date;n\n2026-02-01;3\n"), "orders")
