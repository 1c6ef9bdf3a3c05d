"""The manifest knows what is held, so that only what is missing is fetched."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.history import open_history
from workbench.history.windows import difference, union, widen

START_MS = 1_767_225_600_000
HOUR = 3_600_000

WINDOWS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


def instants(windows):
    return {at for start, end in windows for at in range(start + 1, end + 1)}


@given(windows=WINDOWS, taken=WINDOWS)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_windows_behave_like_sets_of_instants(windows, taken):
    assert instants(union(windows)) == instants(windows)
    assert instants(difference(windows, taken)) == instants(windows) - instants(taken)
    merged = union(windows)
    assert all(first[1] < second[0] for first, second in pairwise(merged))


def test_only_missing_windows_are_asked_for(history, make):
    for window in ((0, 5 * HOUR), (8 * HOUR, 10 * HOUR)):
        history.append(make("requests", [("leipzig", window[1], 1.0, "")], window=window))
    assert history.missing_windows("prom", "requests", START_MS, START_MS + 12 * HOUR, HOUR) == (
        (START_MS + 5 * HOUR, START_MS + 8 * HOUR),
        (START_MS + 10 * HOUR, START_MS + 12 * HOUR),
    )
    assert history.missing_windows("other", "requests", START_MS, START_MS + HOUR, HOUR) == ((START_MS, START_MS + HOUR),)
    assert widen([(1, HOUR + 1)], HOUR) == ((0, 2 * HOUR),)


def test_an_empty_answer_is_an_answer(history, make):
    empty = make("requests", [("leipzig", 1, 1.0, "")], window=(0, HOUR))
    history.append(type(empty)("requests", empty.frame.head(0), "prom", START_MS, START_MS + HOUR))
    assert history.missing_windows("prom", "requests", START_MS, START_MS + HOUR, HOUR) == ()
    assert history.series() == ()


def test_a_partial_answer_is_never_taken_for_a_whole_one(history, make):
    rows = [("leipzig", HOUR, 1.0, "")]
    history.append(make("requests", rows, window=(0, 2 * HOUR), partial=True))
    assert history.missing_windows("prom", "requests", START_MS, START_MS + 2 * HOUR, HOUR) == ((START_MS, START_MS + 2 * HOUR),)
    history.append(make("requests", rows, window=(0, HOUR)))
    assert history.missing_windows("prom", "requests", START_MS, START_MS + 2 * HOUR, HOUR) == ((START_MS + HOUR, START_MS + 2 * HOUR),)
    history.append(make("requests", rows, window=(0, 2 * HOUR)))
    history.append(make("requests", rows, window=(0, 2 * HOUR), partial=True))
    assert history.manifest().entry("prom", "requests").partial == ()


def test_what_a_series_measures_is_kept_and_contradictions_are_unknown(history, make):
    rows = [("leipzig", HOUR, 1.0, "")]
    history.append(make("request_seconds", rows), measures="service", fetched_ms=7)
    assert history.measures("request_seconds") == "service"
    assert history.manifest().entry("prom", "request_seconds").first_fetched_ms == 7
    history.append(make("request_seconds", rows, source="traefik"), measures="response")
    assert history.measures("request_seconds") is None


def test_a_manifest_of_another_format_is_refused(history):
    history.folder.mkdir()
    (history.folder / "manifest.json").write_text('{"format": 99, "entries": []}')
    with pytest.raises(ValueError, match="format 99 is not 1"):
        open_history(history.folder).manifest()
