"""What limits a forecast is said in words, and nothing that limits it is silent."""

import pytest

from models.growth import GrowthReason
from workbench.pipeline.show_growth import growth_rows
from workbench.pipeline.show_season import usual_week
from workbench.pipeline.show_subject import subject_of
from workbench.pipeline.show_unusual import unusual_on_chart
from workbench.views.anomalies import anomalies_table
from workbench.views.growth import SAID, growth_sentences, growth_table

SAID_ELSEWHERE = {GrowthReason.LEVEL_SHIFT, GrowthReason.OUTAGE_EXCLUDED, GrowthReason.UNRELATED}


def test_every_reason_has_words_here_or_in_the_list_of_what_was_unusual():
    assert {*SAID, *(reason.value for reason in SAID_ELSEWHERE)} == {reason.value for reason in GrowthReason}


def test_sixty_days_say_that_growth_is_assumed_and_what_to_do(small):
    (row,) = growth_rows(small, ("alpha",), ("requests",))
    assert row.guessed
    assert row.low < row.high
    table = growth_table(small, ("alpha",))
    assert table.cell("alpha/requests", "growth").text == "? (assumed)"
    text = " ".join(growth_sentences(small, "alpha"))
    assert "name [[drivers]]" in text
    assert "season unknown, growth assumed" in text


def test_several_tenants_are_told_apart(small):
    table = growth_table(small, ("alpha", "beta"), ("requests",))
    assert [row.cells[0].text for row in table.rows] == ["alpha, requests", "beta, requests"]


@pytest.mark.parametrize("wanted", ["all", "tenant/alpha", "pool/db", "pool/gone"])
def test_a_subject_is_always_found_with_a_resource_that_it_has(small, wanted):
    subject = subject_of(small, "current", wanted, "gone")
    assert subject.tenants
    assert subject.drivers
    week = usual_week(small, subject.resource, subject.tenants)
    assert week.share.shape == (7, 24)
    assert 0 <= week.share.min() <= week.share.max() == 1.0
    unusual = unusual_on_chart(small, subject.resource, subject.tenants)
    assert {one.tenant for one in unusual} <= {small.tenants[i] for i in subject.tenants}


def test_the_table_of_unusual_stretches_says_what_was_done(small):
    table = anomalies_table(small)
    assert len({row.key for row in table.rows}) == len(table.rows)
    assert all(row.cells[-1].text for row in table.rows)
