"""From combined arrays to the frames of `Samples`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.sources.catalogue import SeriesRule
from workbench.sources.labels import host_of, name_of
from workbench.sources.prometheus.connection import PrometheusConnection
from workbench.sources.prometheus.tracks import Combined, epoch_text
from workbench.sources.prometheus.windows import Window
from workbench.sources.samples import Samples

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One subject of one part of a series."""

    subject: str
    part: str | None
    combined: Combined


def subject_of(connection: PrometheusConnection, rule: SeriesRule, labels: Mapping[str, str]) -> str | None:
    """Return the tenant, or "@" and the server, that a label set belongs to; None when nobody claims it."""
    value = labels.get(rule.label, "")
    if not value or ignored(rule, value):
        return None
    if rule.subject == "tenant":
        return name_of(connection.tenant, rule.label, value, rule.pattern)
    if connection.server_of is not None:
        return f"@{connection.server_of}"
    plain = connection.server.pattern is None
    name = connection.server.exact.get(value) or name_of(connection.server, rule.label, host_of(value) if plain else value)
    return None if name is None else f"@{name}"


def ignored(rule: SeriesRule, value: str) -> bool:
    """Whether a label value is nobody's on purpose."""
    return rule.ignore is not None and re.fullmatch(rule.ignore, value) is not None


def part_of(rule: SeriesRule, labels: Mapping[str, str]) -> str | None:
    """Return the part of a series a label set belongs to; bucket bounds in one spelling, since exporters write 1, 1.0 and 1e0."""
    if rule.part is None:
        return None
    text = labels.get(rule.part, "")
    try:
        bound = float(text)
    except ValueError:
        return text
    return "+Inf" if bound == float("inf") else f"{bound:g}" if float(f"{bound:g}") == bound else repr(bound)


def samples_of(rule: SeriesRule, source: str, window: Window, group: Sequence[Part], warnings: Sequence[str]) -> Samples:
    """Return the subjects of one part as samples, scaled to our unit."""
    part = group[0].part if group else None
    name = rule.series if part is None else f"{rule.series}@{part}"
    frame = _frame(sorted(group, key=lambda one: one.subject), rule.scale, source)
    return Samples(name, frame, source, window.start_ms, window.end_ms, bool(warnings), tuple(warnings))


def _frame(group: Sequence[Part], scale: float, source: str) -> "pl.DataFrame":
    import polars as pl

    schema = {"tenant": pl.String, "time": pl.Int64, "value": pl.Float64, "epoch": pl.String}
    if not group:
        return pl.DataFrame(schema=schema)
    sizes = [one.combined.time_ms.size for one in group]
    since = np.concatenate([one.combined.since_ms for one in group])
    begins, place = np.unique(since, return_inverse=True)
    texts = ["" if begin < 0 else epoch_text(int(begin), source) for begin in begins]
    return pl.DataFrame(
        {
            "tenant": pl.Series([one.subject for one in group], dtype=pl.String).gather(np.repeat(np.arange(len(group)), sizes)),
            "time": np.concatenate([one.combined.time_ms for one in group]),
            "value": np.concatenate([one.combined.value for one in group]) * scale,
            "epoch": pl.Series(texts, dtype=pl.String).gather(place),
        },
        schema=schema,
    )
