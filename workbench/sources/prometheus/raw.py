"""Recent windows: samples as they were scraped."""

import threading
from collections import defaultdict

import numpy as np

from workbench.sources.catalogue import SeriesRule
from workbench.sources.errors import SourceAnswer
from workbench.sources.prometheus.answer import NATIVE, NATIVE_FIX, Answer, Track, read_answer
from workbench.sources.prometheus.frames import Part, part_of, subject_of
from workbench.sources.prometheus.promql import raw_query
from workbench.sources.prometheus.session import Server
from workbench.sources.prometheus.tracks import Combined, combine_counters, combine_gauges, finite
from workbench.sources.prometheus.transport import ask
from workbench.sources.prometheus.windows import Window

SHORTEST_SPLIT_MS = 900_000
"""A window whose answer is too large for the server is halved down to this."""


def read_raw(server: Server, rule: SeriesRule, window: Window, cancel: threading.Event) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Return the subjects of a raw window and the server's warnings."""
    groups: dict[tuple[str, str | None], list[Track]] = defaultdict(list)
    warnings: list[str] = []
    for selector in rule.selectors:
        answer = fetch(server, selector, window, cancel)
        warnings += [*answer.warnings, *native_warnings(server, answer)]
        for track in answer.tracks:
            subject = subject_of(server.connection, rule, track.labels)
            if subject is not None:
                groups[subject, part_of(rule, track.labels)].append(finite(track))
    parts = [Part(subject, part, _combined(rule, tracks, window)) for (subject, part), tracks in groups.items()]
    return tuple(part for part in parts if part.combined.time_ms.size), tuple(dict.fromkeys(warnings))


def fetch(server: Server, selector: str, window: Window, cancel: threading.Event) -> Answer:
    """Return the raw samples of a selector; a window too large for the server is halved."""
    path, params = raw_query(selector, window)
    try:
        return read_answer(server.connection.name, params["query"], ask(server, path, params, cancel))
    except SourceAnswer as error:
        if "too many samples" not in error.found or window.end_ms - window.start_ms < 2 * SHORTEST_SPLIT_MS:
            raise
    middle = (window.start_ms + window.end_ms) // 2
    early = fetch(server, selector, Window(window.start_ms, middle), cancel)
    late = fetch(server, selector, Window(middle, window.end_ms), cancel)
    return _joined(early, late, middle)


def native_warnings(server: Server, answer: Answer) -> tuple[str, ...]:
    """Return one message per metric that came without classic buckets."""
    return tuple(f"{server.connection.name}: {metric} {NATIVE}: {NATIVE_FIX}" for metric in answer.native)


def _joined(early: Answer, late: Answer, middle_ms: int) -> Answer:
    """Put the halves together; the later one looked back over samples that the earlier one has."""
    by_labels = {tuple(sorted(track.labels.items())): [track] for track in early.tracks}
    for track in late.tracks:
        new = track.time_ms > middle_ms
        by_labels.setdefault(tuple(sorted(track.labels.items())), []).append(Track(track.labels, track.time_ms[new], track.value[new]))
    tracks = tuple(
        Track(group[0].labels, np.concatenate([track.time_ms for track in group]), np.concatenate([track.value for track in group]))
        for group in by_labels.values()
    )
    return Answer(tracks, (*early.warnings, *late.warnings), tuple(dict.fromkeys((*early.native, *late.native))))


def _combined(rule: SeriesRule, tracks: list[Track], window: Window) -> Combined:
    if rule.kind == "counter":
        return combine_counters(tracks, window.start_ms, window.end_ms, rule.appears)
    return combine_gauges(tracks, window.start_ms, window.end_ms, rule.combine)
