"""What history must hold before there are any figures."""

import polars as pl
import pytest

from workbench.history import open_history
from workbench.pipeline.calendar_months import MS_PER_HOUR, midnight_ms
from workbench.pipeline.observed import LEAST_HOURS, observe
from workbench.sources.samples import Samples
from workbench.study.toml import read_study

MINUTE_MS = 60_000


@pytest.fixture
def observed_of(small_folder, tmp_path):
    """Return what is observed of a study whose history holds a stretch of one tenant's requests before its day."""
    study = read_study(small_folder)
    end_ms = midnight_ms(study.as_of)

    def read(minutes: int):
        history = open_history(tmp_path / str(minutes))
        times = [end_ms - MINUTE_MS * back for back in range(minutes)][::-1]
        frame = pl.DataFrame(
            {"tenant": study.tenants[0].name, "time": times, "value": [60.0 * number for number in range(minutes)], "epoch": ""},
            schema={"tenant": pl.Utf8, "time": pl.Int64, "value": pl.Float64, "epoch": pl.Utf8},
        )
        history.append(Samples("requests", frame, "prom", times[0] - 1, times[-1]))
        return observe(study, history)

    return read


@pytest.mark.parametrize("minutes", [1, 5, 90, 600])
def test_less_than_a_day_of_requests_is_refused_and_says_what_to_do(observed_of, minutes):
    with pytest.raises(ValueError, match=r"fewer than 24 known hours .*workbench collect"):
        observed_of(minutes)


def test_a_day_of_requests_is_enough_and_the_others_are_named_as_missing(observed_of):
    found = observed_of(LEAST_HOURS * MS_PER_HOUR // MINUTE_MS + 1)
    assert len(found.tenants) == 1
    assert found.hours == LEAST_HOURS
    assert found.without_data
