"""The fast parser reads exactly what a JSON parser reads."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.sources.prometheus.answer import read_answer

texts = st.text(max_size=12) | st.just('x"values":[[1,"2"]]')
values = st.floats(allow_nan=False, allow_infinity=False).map(repr) | st.sampled_from(["NaN", "+Inf", "-Inf", "0", "1e+06"])
pairs = st.lists(st.tuples(st.integers(0, 2_000_000_000_000), values), min_size=1, max_size=8)
series = st.lists(st.tuples(st.dictionaries(texts, texts, max_size=3), pairs), max_size=5)


@settings(derandomize=True, deadline=None, max_examples=80)
@given(series, st.lists(texts, max_size=2))
def test_labels_times_values_and_warnings_survive(tracks, warnings) -> None:
    result = [{"metric": labels, "values": [[ms / 1000, text] for ms, text in samples]} for labels, samples in tracks]
    document = {"status": "success", "data": {"resultType": "matrix", "result": result}, "warnings": warnings}
    answer = read_answer("prom-eu", "up", json.dumps(document, separators=(",", ":")).encode())
    assert [dict(track.labels) for track in answer.tracks] == [labels for labels, _ in tracks]
    assert [track.time_ms.tolist() for track in answer.tracks] == [[ms for ms, _ in samples] for _, samples in tracks]
    for track, (_, samples) in zip(answer.tracks, tracks, strict=True):
        for got, (_, text) in zip(track.value.tolist(), samples, strict=True):
            assert got == float(text) or (math.isnan(got) and math.isnan(float(text)))
    assert answer.warnings == tuple(warnings)


@pytest.mark.servers
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_encodings_and_methods_bring_the_same(planted_url, period_ms, encoding, method) -> None:
    from workbench.sources.catalogue import load_catalogue
    from workbench.sources.prometheus import PrometheusConnection, Task, Window, open_server, pull

    connection = PrometheusConnection("prom-eu", planted_url, encoding=encoding, method=method)
    with open_server(connection) as server:
        (samples,) = pull(server, [Task(load_catalogue().of("requests")[0], Window(period_ms[0], period_ms[0] + 86_400_000))])
    assert samples.frame.height == 3 * 1440
