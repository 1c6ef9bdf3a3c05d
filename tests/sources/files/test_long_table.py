"""Long tables: what a user exported from anywhere, with every error at once."""

import polars as pl
import pytest

from workbench.sources.files import BadFile, read_table

ROWS = """series,tenant,time,value,epoch
requests,leipzig,2026-10-01T00:00:00Z,10,a
requests,leipzig,2026-10-01T03:00:00+02:00,25.5,a
requests,zwickau,1790816400000,3,
busy_workers,leipzig,1790816400000,,
busy_workers,leipzig,1790820000000,NaN,
busy_workers,leipzig,1790823600000,2,
"""


def test_csv_and_parquet_say_the_same(tmp_path) -> None:
    table, parquet = tmp_path / "rows.csv", tmp_path / "rows.parquet"
    table.write_text(ROWS)
    read = read_table(table, "export")
    pl.concat([samples.frame.with_columns(series=pl.lit(samples.series)) for samples in read]).write_parquet(parquet)
    assert [(samples.series, samples.frame.rows()) for samples in read_table(parquet, "export")] == [
        (samples.series, samples.frame.rows()) for samples in read
    ]


def test_missing_values_are_left_out_and_times_are_utc(tmp_path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    busy, requests = read_table(path, "export")
    assert busy.frame.rows() == [("leipzig", 1_790_823_600_000, 2.0, "")]
    assert requests.frame["time"].to_list() == [1_790_812_800_000, 1_790_816_400_000, 1_790_816_400_000]
    assert requests.frame["epoch"].to_list() == ["a", "a", ""]
    assert (requests.start_ms, requests.end_ms) == (1_790_812_799_999, 1_790_816_400_000)


def test_every_error_comes_at_once_with_its_line(tmp_path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("series,tenant,time,value\nrequests,leipzig,2026-10-01T00:00:00,1\n,leipzig,1,1\nrequests,,1,1\nrequests,a,1,many\n")
    with pytest.raises(BadFile) as caught:
        read_table(path, "export")
    assert [complaint.partition(":")[0] for complaint in caught.value.complaints] == ["2", "3", "4", "5"]
    assert "with a zone" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tenant,time,value\na,1,1\n", "column series is missing"),
        ("series,tenant,time,value,unit\nr,a,1,1,s\n", "column unit is unknown"),
        ("series,tenant,time,value\nr,a,1,1\nr,a,1,2\n", "more than once"),
    ],
)
def test_a_wrong_table_is_named(tmp_path, text, said) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text)
    with pytest.raises(BadFile, match=said):
        read_table(path, "export")


@pytest.mark.parametrize("name", ["absent.csv", "absent.parquet"])
def test_an_absent_file_is_named(tmp_path, name) -> None:
    with pytest.raises(BadFile, match="absent"):
        read_table(tmp_path / name, "export")


def test_a_file_that_is_no_parquet_is_named(tmp_path) -> None:
    path = tmp_path / "rows.parquet"
    path.write_text("not really")
    with pytest.raises(BadFile, match="must be a Parquet file"):
        read_table(path, "export")
