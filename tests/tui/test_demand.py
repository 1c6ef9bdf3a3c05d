"""The Demand screen: what is unusual is marked and can be renamed, the backtest comes on request and can be stopped."""

import pytest

from workbench.pipeline.anomalies import AnomalyKind
from workbench.pipeline.looking_back import anomalies_of
from workbench.pipeline.show_fan import resources_of
from workbench.study.edits import LabelEvent
from workbench.tui.application import Start
from workbench.tui.screens.demand.content import demand
from workbench.tui.selection import ALL, Selection
from workbench.tui.widgets.dialogs import PickScreen, TextScreen
from workbench.tui.widgets.table_view import TableView
from workbench.views.anomalies import anomaly_key


@pytest.fixture(scope="module")
def contents_of(small_session):
    """Return the panels of the screen for a subject and resource."""
    comparison = small_session.compare()

    def of(subject: str, resource: str = "worker_time"):
        return demand(small_session, comparison, Selection(subject=subject, resource=resource))

    return of


@pytest.mark.parametrize("subject", [ALL, "tenant/leipzig", "pool/db-eu-1"])
def test_every_panel_draws_at_any_size(contents_of, small_session, subject):
    for resource in resources_of(small_session):
        contents = contents_of(subject, resource.value)
        for key in ("fan", "season"):
            for width, height in ((78, 18), (84, 10), (28, 8), (12, 4)):
                rows = contents[key].body.draw(width, height)
                assert len(rows) == height


def test_a_short_history_says_what_carries_its_growth_and_that_its_width_is_assumed(contents_of):
    table = contents_of("tenant/leipzig")["growth"].body
    row = table.row("leipzig/requests")
    words = {column.key: cell.text for column, cell in zip(table.columns, row.cells, strict=True)}
    assert "trend" in words["carried"]
    assert words["checked"] == "nothing: the width is assumed"
    assert any(note.startswith("month end") for note in table.notes)
    why = " ".join(contents_of("tenant/leipzig")["why"].body.lines)
    assert "never slow down" in why
    assert "less than 90 days" in why


def test_a_tenant_without_a_limit_says_which_of_its_pools_is_full_first(contents_of):
    caption = contents_of("tenant/leipzig")["fan"].body.caption
    assert caption.startswith("no limit of its own")
    assert "pools" in caption or "nothing it stands on" in caption


def test_unusual_stretches_are_those_of_the_pipeline(contents_of, small_session):
    table = contents_of("tenant/zwickau")["unusual"].body
    assert len(table.rows) == sum(one.tenant == "zwickau" for one in anomalies_of(small_session))


async def test_the_backtest_comes_on_request(opened, small_session):
    async with opened((200, 50)) as driver:
        await driver.press("2")
        assert "b computes" in driver.text
        await driver.press("b")
        panel = driver.app.work.query_one("#backtest")
        assert panel.picture is not None
        assert "independent origins" in panel.picture.caption
        assert driver.app.computing == ""


async def test_a_label_is_asked_for_shown_as_a_block_and_changes_the_figures(opened, small_session, small_study, tmp_path):
    start = Start(small_study, edits=("label-event leipzig 2026-10-05 2026-10-06 normal requests",), state=tmp_path, session=small_session)
    async with opened((200, 50), start) as driver:
        await driver.press("2")
        driver.app.choose("tenant", "leipzig")
        await driver.settle()
        before = driver.app.studio.session
        (chosen,) = [one for one in anomalies_of(before) if one.labelled]
        view = driver.app.work.query_one("#unusual", TableView)
        view.focus()
        place = [row.key for row in view.table.rows].index(anomaly_key(chosen))
        await driver.press("g", *["j"] * place)
        await driver.pilot.press("t")
        await _until(driver, PickScreen)
        await driver.pilot.press("enter")
        await _until(driver, TextScreen)
        assert "[[events]]" in driver.text
        assert 'kind = "one-off"' in driver.text
        await driver.press("escape")
        edit = driver.app.stack.done[-1]
        assert isinstance(edit, LabelEvent)
        assert (edit.tenant, edit.kind, edit.start, edit.series) == ("leipzig", "one-off", chosen.start, "requests")
        after = driver.app.studio.session
        assert AnomalyKind.ONE_OFF in {one.kind for one in anomalies_of(after)}
        assert after.growth is not before.growth
        await driver.press("z", "z")
        assert driver.app.studio.session.growth is small_session.growth


async def _until(driver, screen: type) -> None:
    for _ in range(200):
        if isinstance(driver.app.screen, screen):
            return
        await driver.pilot.pause(0.05)
    raise AssertionError(f"no {screen.__name__} came up")
