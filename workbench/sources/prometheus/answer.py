"""From the bytes of an answer to arrays, without an object per sample."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.sources.errors import SourceAnswer

_OPEN, _CLOSE, _BETWEEN = b'"values":[[', b"]]", b"],["
NATIVE = "is a native histogram, which has no classic buckets"
NATIVE_FIX = "let Prometheus scrape classic buckets too (scrape_classic_histograms, from 3.x always_scrape_classic_histograms)"


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The samples of one label set, in time order."""

    labels: Mapping[str, str]
    time_ms: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What one query brought."""

    tracks: tuple[Track, ...]
    warnings: tuple[str, ...] = ()
    """The server's own: an answer with any is partial."""
    native: tuple[str, ...] = ()
    """Metrics that came as native histograms and were left out."""


def read_answer(source: str, asked: str, body: bytes) -> Answer:
    """Return the matrix or vector of an answer; raises SourceAnswer for an error, half an answer, or something else than Prometheus."""
    import orjson

    skeleton, numbers = _cut(body)
    try:
        document = orjson.loads(skeleton)
    except orjson.JSONDecodeError as error:
        raise _unusable(source, asked, f"no JSON ({body[:60].decode('utf-8', 'replace')!r}…)") from error
    if not isinstance(document, dict) or document.get("status") != "success":
        raise _unusable(source, asked, _complaint(document))
    data = document.get("data")
    if not isinstance(data, dict) or data.get("resultType") not in ("matrix", "vector"):
        raise _unusable(source, asked, "no matrix and no vector")
    time_ms, value, starts = _parse(source, asked, numbers)
    tracks, native = [], []
    for item in data["result"]:
        labels = item["metric"]
        if "histogram" in item or "histograms" in item:
            native.append(labels.get("__name__", asked))
        if "value" in item:
            instant, text = item["value"]
            tracks.append(Track(labels, np.array([round(instant * 1000)], np.int64), np.array([float(text)])))
        elif "values" in item:
            place = item["values"]
            if isinstance(place, list):
                raise _unusable(source, asked, "samples in an unknown layout")
            tracks.append(Track(labels, time_ms[starts[place] : starts[place + 1]], value[starts[place] : starts[place + 1]]))
    said = (*document.get("warnings", ()), *(info for info in document.get("infos", ()) if "native histogram" in info))
    return Answer(tuple(tracks), tuple(said), tuple(dict.fromkeys(native)))


def _cut(body: bytes) -> tuple[bytes, list[bytes]]:
    """Split a body into a JSON skeleton with numbered places and the samples that belong there.

    The opening mark cannot occur inside a JSON string, because a quote there is escaped.
    """
    skeleton: list[bytes] = []
    numbers: list[bytes] = []
    for text, is_numbers in _pieces(body):
        if is_numbers:
            skeleton.append(b'"values":%d' % len(numbers))
            numbers.append(text)
        else:
            skeleton.append(text)
    return b"".join(skeleton), numbers


def _pieces(body: bytes) -> Iterator[tuple[bytes, bool]]:
    at = 0
    while True:
        start = body.find(_OPEN, at)
        end = body.find(_CLOSE, start) if start >= 0 else -1
        if end < 0:
            yield body[at:], False
            return
        yield body[at:start], False
        yield body[start + len(_OPEN) : end], True
        at = end + len(_CLOSE)


def _parse(source: str, asked: str, numbers: list[bytes]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], list[int]]:
    """Return times (samples,), values (samples,) and where each label set starts."""
    starts = [0]
    for piece in numbers:
        starts.append(starts[-1] + piece.count(_BETWEEN) + 1)
    if not numbers:
        return np.empty(0, np.int64), np.empty(0), starts
    import polars as pl

    table = _BETWEEN.join(numbers).replace(_BETWEEN, b"\n").translate(None, b'"[] ')
    try:
        frame = pl.read_csv(io.BytesIO(table), has_header=False, schema={"time": pl.Float64, "value": pl.Float64})
    except pl.exceptions.PolarsError as error:
        raise _unusable(source, asked, "samples that are no numbers") from error
    if frame.height != starts[-1] or frame.null_count().row(0) != (0, 0):
        raise _unusable(source, asked, "samples that are no numbers")
    return np.rint(frame["time"].to_numpy() * 1000).astype(np.int64), frame["value"].to_numpy(), starts


def _complaint(document: object) -> str:
    if isinstance(document, dict) and "error" in document:
        return f"{document.get('errorType', 'error')}: {document['error']}"
    return "an answer without status success"


def _unusable(source: str, asked: str, found: str) -> SourceAnswer:
    return SourceAnswer(source, asked, found, "the answer must be a whole Prometheus result", "check url, or shorten the period asked for")
