"""Every table of risk stands for any study: without rates, without downtime costs, with one tenant, without production."""

import re

import pytest

from workbench.pipeline.risk_details import risk_details
from workbench.pipeline.session import open_session
from workbench.pipeline.show_loss import domain_names, lose
from workbench.study.toml import read_study
from workbench.views.loss_now import lost_table
from workbench.views.rendering import render
from workbench.views.risk_sheets import risk_tables

TOPOLOGY = "multi-tenant"


def sheets(session):
    comparison = session.compare((TOPOLOGY,))
    return "\n".join(render(table) for table in risk_tables(comparison, TOPOLOGY, risk_details(session, TOPOLOGY)))


def test_all_of_it_stands_for_a_small_study(small):
    text = sheets(small)
    for heading in ("what breaks together", "failure rates", "noisy neighbours", "change windows", "freeze periods", "the next release"):
        assert heading in text
    assert "NO COMMON WINDOW" not in text
    assert "no incident log" in text


@pytest.fixture(scope="module")
def bare(write_small):
    """A study without failure rates and downtime costs."""
    folder = write_small(("alpha",))
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(re.sub(r"\[failures\].*", "", text, flags=re.DOTALL), encoding="utf-8")
    rows = (folder / "tenants.csv").read_text(encoding="utf-8")
    (folder / "tenants.csv").write_text(re.sub(r",\d+$", ",", rows, flags=re.MULTILINE), encoding="utf-8")
    return open_session(read_study(folder))


def test_without_rates_and_costs_nothing_is_counted_and_nothing_is_zero(bare):
    text = sheets(bare)
    assert "[failures] is empty: expected losses stay unknown" in text
    assert "no failure rate for release: not counted, not zero" in text
    assert "no production pool is shared" in text
    assert "no cache is shared" in text
    assert domain_names(bare.result(TOPOLOGY)) == ()
    with pytest.raises(ValueError, match="choose one of none"):
        lose(bare, TOPOLOGY, "zone")


def test_every_domain_can_be_lost_and_says_whether_history_tells_the_cold_cache(small):
    for name in domain_names(small.result(TOPOLOGY)):
        loss = lose(small, TOPOLOGY, name)
        text = render(lost_table(loss, "EUR"))
        assert f"{name} is lost now" in text
        if loss.takeover is not None:
            assert "not checked: history lacks shared_buffers" in text  # this history holds no hits
            assert "workers reconnect" in text
