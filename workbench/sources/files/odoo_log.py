"""Odoo's access log: when each request ended, and how long SQL and Python took. Logins, addresses and paths are never kept."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from workbench.sources.labels import LabelRule, name_of
from workbench.sources.samples import Samples

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["call", "page", "file", "wait"]
"""A remote call, a page, a file or asset, or a long poll that measures nothing."""
KINDS: tuple[Kind, ...] = ("call", "page", "file", "wait")
_CALLS = ("/web/dataset/", "/web/action/", "/jsonrpc", "/xmlrpc", "/json/", "/mail/", "/web/webclient/")
_FILES = ("/web/assets", "/web/image", "/web/content", "/web/static", "/web/binary", "/web/bundle")
_WAITS = ("/websocket", "/longpolling", "/bus/")
_PREFIXES: Mapping[Kind, tuple[str, ...]] = MappingProxyType({"wait": _WAITS, "call": _CALLS, "file": _FILES})
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LINE = re.compile(
    r"(?P<end>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?P<pid>\d+) \w+ (?P<database>\S+) werkzeug: "
    r'.*?"[A-Z]+ (?P<path>\S+) HTTP/[\d.]+" (?P<status>\d{3}|-) \S+ (?P<count>\d+) (?P<sql>\d+\.\d+) (?P<python>\d+\.\d+)'
)
"""Odoo 12 to 19 (odoo/netsvc.py, PerfFilter): when the answer was ready, in UTC; at the end SQL count, SQL seconds, remaining seconds."""
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True, eq=False)
class OdooLog:
    """Requests in the order of their ends; all arrays (requests,)."""

    end_ms: npt.NDArray[np.int64]
    """When the answer was ready, milliseconds since 1970 UTC."""
    database: tuple[str, ...]
    """Distinct databases, "" for none."""
    database_index: npt.NDArray[np.int32]
    """Position in `database`."""
    pid: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]
    """Position in KINDS."""
    sql_count: npt.NDArray[np.int32]
    sql_s: npt.NDArray[np.float64]
    python_s: npt.NDArray[np.float64]
    """Worker time that is not SQL, seconds."""
    unread: int
    """Lines about requests that were not understood."""


def read_odoo_log(lines: Iterable[str]) -> OdooLog:
    """Return the requests of an access log; other lines are skipped. Raises ValueError when no request is found."""
    rows: list[tuple[int, str, int, int, int, float, float]] = []
    unread = 0
    for line in lines:
        if "werkzeug: " not in line:
            continue
        match = _LINE.match(_COLOUR.sub("", line))
        if match is None:
            unread += 1
            continue
        rows.append(_row(match))
    if not rows:
        rule = "each request must end in its SQL count, SQL seconds and other seconds"
        raise ValueError(
            f"Odoo log: no request found ({unread} lines not understood): {rule}: log at level info with the werkzeug logger on"
        )
    rows.sort(key=lambda row: row[0])
    end, names, pid, kind, count, sql, python = zip(*rows, strict=True)
    distinct = tuple(sorted(set(names)))
    index = {name: place for place, name in enumerate(distinct)}
    arrays = (
        np.array([index[name] for name in names], np.int32),
        np.array(pid, np.int32),
        np.array(kind, np.int8),
        np.array(count, np.int32),
        np.array(sql, np.float64),
        np.array(python, np.float64),
    )
    end_ms = np.array(end, np.int64)
    for array in (end_ms, *arrays):
        array.flags.writeable = False
    return OdooLog(end_ms, distinct, *arrays, unread)


def odoo_log_samples(log: OdooLog, source: str, tenant: LabelRule) -> tuple[Samples, ...]:
    """Return `requests` and `request_seconds` (service: worker held) per tenant, counted by whole minutes, without long polls."""
    counted = log.kind != KINDS.index("wait")
    names = [name_of(tenant, "db", name) if name else None for name in log.database]
    first = int(log.end_ms[0]) // MINUTE_MS * MINUTE_MS
    minutes = int(log.end_ms[-1] - first) // MINUTE_MS + 1
    place = (log.end_ms - first) // MINUTE_MS
    subjects = {}
    for subject in sorted({name for name in names if name is not None}):
        mine = counted & np.isin(log.database_index, [at for at, name in enumerate(names) if name == subject])
        requests = np.bincount(place[mine], minlength=minutes).astype(np.float64)
        seconds = np.bincount(place[mine], (log.sql_s + log.python_s)[mine], minlength=minutes).astype(np.float64)
        subjects[subject] = (requests, seconds)
    epoch = f"{first}|odoo-log:{source}"
    return tuple(
        _samples(series, {name: pair[at] for name, pair in subjects.items()}, first, epoch, source) for at, series in enumerate(_SERIES)
    )


_SERIES = ("requests", "request_seconds")


def _samples(series: str, added: Mapping[str, npt.NDArray[np.float64]], first_ms: int, epoch: str, source: str) -> Samples:
    import polars as pl

    frames = [_count(subject, values, first_ms, epoch) for subject, values in added.items()]
    schema = {"tenant": pl.String, "time": pl.Int64, "value": pl.Float64, "epoch": pl.String}
    frame = pl.concat(frames) if frames else pl.DataFrame(schema=schema)
    end_ms = first_ms + MINUTE_MS * max((values.size for values in added.values()), default=0)
    return Samples(series, frame, source, first_ms - 1, end_ms)


def _count(subject: str, added: npt.NDArray[np.float64], first_ms: int, epoch: str) -> "pl.DataFrame":
    import polars as pl

    times = first_ms + MINUTE_MS * np.arange(added.size + 1, dtype=np.int64)
    total = np.concatenate(([0.0], np.cumsum(added)))
    return pl.DataFrame({"tenant": [subject] * times.size, "time": times, "value": total, "epoch": [epoch] * times.size})


def _row(match: re.Match[str]) -> tuple[int, str, int, int, int, float, float]:
    end = datetime.strptime(match["end"], "%Y-%m-%d %H:%M:%S,%f").replace(tzinfo=UTC)
    database = "" if match["database"] in {"?", "False", "None"} else match["database"]
    kind = KINDS.index(_kind(match["path"]))
    return (
        round(end.timestamp() * 1000),
        database,
        int(match["pid"]),
        kind,
        int(match["count"]),
        float(match["sql"]),
        float(match["python"]),
    )


def _kind(path: str) -> Kind:
    for kind, prefixes in _PREFIXES.items():
        if path.startswith(prefixes):
            return kind
    return "page"
