"""Older windows: what each aligned step added up to, as the server computes it."""

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workbench.sources.catalogue import SeriesRule
from workbench.sources.prometheus.answer import read_answer
from workbench.sources.prometheus.frames import Part, part_of, subject_of
from workbench.sources.prometheus.promql import aligned_query, over_step
from workbench.sources.prometheus.raw import native_warnings
from workbench.sources.prometheus.session import Server
from workbench.sources.prometheus.tracks import Combined
from workbench.sources.prometheus.transport import ask
from workbench.sources.prometheus.windows import Window

COVERED = 0.9
"""A step with fewer of its usual samples is missing: what a part of an hour added up to is not the hour."""

Key = tuple[str, str | None]
Steps = dict[Key, npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What is asked of whom."""

    server: Server
    rule: SeriesRule
    window: Window
    cancel: threading.Event


def read_aligned(server: Server, rule: SeriesRule, window: Window, cancel: threading.Event) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Return the subjects of an aligned window, one value a step, and the server's warnings.

    Gauges are means over the step. Steps that are not covered or hold a restart are left out, and a count begins anew after them: what a
    counter added before it was reset is unknown.
    """
    warnings: list[str] = []
    question = Question(server, rule, window, cancel)
    count = _over(question, ("count_over_time", "max"), warnings)
    covered = {key: _covered(values) for key, values in count.items()}
    if rule.kind == "gauge":
        total = _over(question, _gauge_functions(rule), warnings)
        shares = {key: values / count[key] if rule.combine == "sum" else values for key, values in total.items()}
        parts = [Part(*key, _gauge(window, values, covered[key])) for key, values in shares.items()]
    else:
        added = _over(question, ("increase", "sum"), warnings)
        resets = _over(question, ("resets", "sum"), warnings)
        good = {key: covered[key] & np.isfinite(values) & ~(resets[key] > 0) for key, values in added.items()}
        parts = [Part(*key, _counter(window, values, good[key])) for key, values in added.items()]
    return tuple(part for part in parts if part.combined.time_ms.size), tuple(dict.fromkeys(warnings))


def _gauge_functions(rule: SeriesRule) -> tuple[str, str]:
    """Return function and aggregate; a sum is divided by the scrapes of the step, so that what lived for a part counts in part."""
    return ("sum_over_time", "sum") if rule.combine == "sum" else ("max_over_time", "max")


def _over(question: Question, functions: tuple[str, str], warnings: list[str]) -> Steps:
    """Return one value a step, NaN where there is none, for each subject and part."""
    function, aggregate = functions
    server, rule, window = question.server, question.rule, question.window
    steps: Steps = defaultdict(lambda: np.full(window.points, np.nan))
    for selector in rule.selectors:
        path, params = aligned_query(over_step(function, aggregate, rule, selector, window.step_ms), window)
        answer = read_answer(server.connection.name, params["query"], ask(server, path, params, question.cancel))
        warnings += [*answer.warnings, *native_warnings(server, answer)]
        for track in answer.tracks:
            key = _key(server, rule, track.labels)
            if key is None:
                continue
            at = (track.time_ms - window.start_ms) // window.step_ms - 1
            before = steps[key][at]
            merged = np.fmax(before, track.value) if aggregate == "max" else np.nansum([before, track.value], axis=0)
            steps[key][at] = np.where(np.isfinite(track.value), merged, before)
    return steps


def _key(server: Server, rule: SeriesRule, labels: Mapping[str, str]) -> Key | None:
    subject = subject_of(server.connection, rule, labels)
    return None if subject is None else (subject, part_of(rule, labels))


def _covered(count: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    seen = count[count > 0]
    return np.nan_to_num(count) >= COVERED * (np.median(seen) if seen.size else np.inf)


def _gauge(window: Window, values: npt.NDArray[np.float64], covered: npt.NDArray[np.bool_]) -> Combined:
    good = covered & np.isfinite(values)
    times = _ends(window)[good]
    return Combined(times, values[good], np.full(times.size, -1))


def _counter(window: Window, added: npt.NDArray[np.float64], good: npt.NDArray[np.bool_]) -> Combined:
    """Return running counts over stretches of good steps; a stretch inside the window says its own zero."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(np.int8), [0]))))
    times, values, since = [np.empty(0, np.int64)], [np.empty(0)], [np.empty(0, np.int64)]
    for first, stop in zip(edges[::2], edges[1::2], strict=True):
        begin = window.start_ms + int(first) * window.step_ms
        at_edge = first == 0
        count = np.concatenate(([0.0], np.cumsum(added[first:stop])))[int(at_edge) :]
        ends = begin + window.step_ms * np.arange(int(at_edge), stop - first + 1, dtype=np.int64)
        times.append(ends)
        values.append(count)
        # One millisecond later than the last sample of the window before, so that the begin lies between that and our first.
        since.append(np.full(ends.size, begin + int(at_edge)))
    return Combined(np.concatenate(times), np.concatenate(values), np.concatenate(since))


def _ends(window: Window) -> npt.NDArray[np.int64]:
    return window.start_ms + window.step_ms * np.arange(1, window.points + 1, dtype=np.int64)
