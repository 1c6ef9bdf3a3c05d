"""Long tables, CSV or Parquet: one row a sample, columns series, tenant, time, value and, for counters, epoch."""

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.sources.files.bad_file import BadFile, read_text
from workbench.sources.samples import Samples

if TYPE_CHECKING:
    import polars as pl

REQUIRED = ("series", "tenant", "time", "value")
OPTIONAL = ("epoch",)


def read_table(path: Path, source: str) -> tuple[Samples, ...]:
    """Return one `Samples` a series, in order of names; rows whose value is NaN or empty are missing samples and left out.

    Times are milliseconds since 1970 UTC or ISO 8601 with a zone. Raises BadFile with every error.
    """
    import polars as pl

    table = _parquet(path) if path.suffix == ".parquet" else _csv(path)
    _check_columns(path, table)
    texts = table.with_row_index("line", offset=2).select(
        "line",
        pl.col("series").cast(pl.String).str.strip_chars(),
        pl.col("tenant").cast(pl.String).str.strip_chars(),
        time=_time(table),
        value=_value(table),
        epoch=pl.col("epoch").cast(pl.String).fill_null("") if "epoch" in table.columns else pl.lit(""),
        bad_value=_value(table).is_null() & ~_is_missing(table),
    )
    complaints = _complaints(texts)
    if complaints:
        raise BadFile(path, complaints)
    good = texts.filter(pl.col("value").is_finite()).select("series", "tenant", "time", "value", "epoch")
    repeated = good.filter(good.select("series", "tenant", "time").is_duplicated()).unique(
        ["series", "tenant", "time"], maintain_order=True
    )
    if repeated.height:
        raise BadFile(path, [f" {row[0]} of {row[1]} at {row[2]} ms: appears more than once: keep one row" for row in repeated.rows()])
    return tuple(_samples(part, source) for part in good.sort("series", "tenant", "time").partition_by("series", maintain_order=True))


def _csv(path: Path) -> "pl.DataFrame":
    import polars as pl

    text = read_text(path)
    try:
        return pl.read_csv(text.encode(), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise BadFile(path, [f" {str(error).splitlines()[0]}: must be CSV with a header line"]) from error


def _parquet(path: Path) -> "pl.DataFrame":
    import polars as pl

    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadFile(path, [f" {str(error).splitlines()[0]}: must be a Parquet file"]) from error


def _check_columns(path: Path, table: "pl.DataFrame") -> None:
    known = (*REQUIRED, *OPTIONAL)
    complaints = [
        f"1: column {name} is missing: a long table has {', '.join(REQUIRED)} and optionally epoch"
        for name in REQUIRED
        if name not in table.columns
    ]
    complaints += [
        f"1: column {name} is unknown: remove it or name it one of {', '.join(known)}" for name in table.columns if name not in known
    ]
    if complaints:
        raise BadFile(path, complaints)


def _time(table: "pl.DataFrame") -> "pl.Expr":
    import polars as pl

    dtype, time = table.schema["time"], pl.col("time")
    if dtype.is_integer():
        return time.cast(pl.Int64)
    if isinstance(dtype, pl.Datetime):
        return time.dt.epoch("ms") if dtype.time_zone else pl.lit(None, dtype=pl.Int64)
    text = time.cast(pl.String).str.strip_chars()
    # A time without a zone stays null: guessing one would shift every peak.
    zoned = pl.when(text.str.contains(r"(Z|[+-]\d{2}:?\d{2})$")).then(text.str.replace(r"Z$", "+00:00"))
    instant = zoned.str.to_datetime(format="%+", time_unit="ms", time_zone="UTC", strict=False)
    return pl.coalesce(text.cast(pl.Int64, strict=False), instant.dt.epoch("ms"))


def _value(table: "pl.DataFrame") -> "pl.Expr":
    import polars as pl

    value = pl.col("value")
    return value.cast(pl.Float64) if table.schema["value"].is_numeric() else value.str.strip_chars().cast(pl.Float64, strict=False)


def _is_missing(table: "pl.DataFrame") -> "pl.Expr":
    import polars as pl

    value = pl.col("value")
    return value.is_null() if table.schema["value"].is_numeric() else value.is_null() | (value.str.strip_chars() == "")


def _complaints(texts: "pl.DataFrame") -> list[str]:
    import polars as pl

    rules = {
        "series is empty: name a canonical series": pl.col("series").is_null() | (pl.col("series") == ""),
        "tenant is empty: name a tenant, or @ and a server": pl.col("tenant").is_null() | (pl.col("tenant") == ""),
        "time: must be milliseconds since 1970 UTC or ISO 8601 with a zone, such as 2026-10-31T23:00:00+01:00": pl.col("time").is_null(),
        "value: must be a number, or empty where it is missing": pl.col("bad_value"),
    }
    found = [(line, rule) for rule, wrong in rules.items() for line in texts.filter(wrong)["line"].to_list()]
    return [f"{line}: {rule}" for line, rule in sorted(found)]


def _samples(part: "pl.DataFrame", source: str) -> Samples:
    time = part["time"]
    first, last = int(time.to_numpy().min()), int(time.to_numpy().max())
    return Samples(str(part["series"][0]), part.drop("series"), source, first - 1, last)
