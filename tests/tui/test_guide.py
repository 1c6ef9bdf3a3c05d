"""The guided start against a real Prometheus."""

import pytest
from textual.widgets import Input

from workbench.cli.main import main
from workbench.commands.guide import Answers, grants, write
from workbench.commands.looking import Looked
from workbench.study.toml import read_study
from workbench.tui.guide.application import GuideApp
from workbench.tui.widgets.table_view import TableView
from workbench.tui.widgets.text_view import TextView

END_MS = 1_790_000_000_000
METRICS = """\
# TYPE pg_stat_database_numbackends gauge
{connections}
# TYPE pg_settings_max_connections gauge
{limits}
# EOF
"""


@pytest.fixture(scope="module")
def prometheus(prometheus_server) -> str:
    """A day of connections of two tenants' databases and one that is nobody's."""
    times = [(END_MS - back * 60_000) / 1000 for back in range(120, -1, -1)]
    connections = [
        f'pg_stat_database_numbackends{{datname="{name}",instance="db1:9187"}} {3 + len(name)} {at:.3f}'
        for name in ("erfurt_prod", "jena_prod", "postgres")
        for at in times
    ]
    limits = [f'pg_settings_max_connections{{instance="db1:9187"}} 300 {at:.3f}' for at in times]
    return prometheus_server(METRICS.format(connections="\n".join(connections), limits="\n".join(limits)), {}).url


async def settled(app: GuideApp, pilot) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


def texts(app: GuideApp, panel: str) -> str:
    view = app.query_one(panel)
    if isinstance(view, TextView):
        return "\n".join(view.lines)
    assert isinstance(view, TableView)
    return "\n".join(" ".join(cell.marked for cell in row.cells) for row in view.table.rows) + "\n".join(view.table.notes)


def written_in(app: GuideApp, **answers: str) -> None:
    for field, text in answers.items():
        app.query_one(f"#{field}", Input).value = text


async def test_the_labels_are_read_anew_while_the_pattern_is_written(prometheus, tmp_path):
    app = GuideApp(END_MS)
    async with app.run_test(size=(120, 40)) as pilot:
        written_in(app, folder=str(tmp_path / "own"), prometheus=prometheus)
        app.action_look()
        await settled(app, pilot)
        assert "erfurt_prod" in texts(app, "#tenants")
        written_in(app, label="datname", pattern="(?P<tenant>[a-z]+)_prod")
        await pilot.pause()
        assert "datname erfurt_prod erfurt" in texts(app, "#tenants")
        written_in(app, pattern="(?P<tenant>[a-z]+")
        await pilot.pause()
        assert "must be a regular expression" in texts(app, "#tenants")
        assert "db1" in texts(app, "#pools")


async def test_what_it_writes_is_a_study_and_what_it_says_leads_on(prometheus, tmp_path):
    app = GuideApp(END_MS)
    folder = tmp_path / "own"
    async with app.run_test(size=(120, 40)) as pilot:
        written_in(
            app, folder=str(folder), name="Own", prometheus=prometheus, label="datname", pattern="(?P<tenant>[a-z]+)_prod",
            region="aws/eu-central-1", currency="usd",
        )  # fmt: skip
        await pilot.press("ctrl+s")
        await settled(app, pilot)
        assert f"workbench collect {folder}" in texts(app, "#notes")
        await pilot.press("escape")
    assert app.return_value == folder
    study = read_study(folder)
    assert {tenant.name for tenant in study.tenants} == {"erfurt", "jena"}
    assert study.platform.region == "aws/eu-central-1"
    assert study.money.currency == "USD"
    assert "aws/gp3" in study.platform.offers
    assert (folder / "topologies" / "current.toml").is_file()


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({}, "no folder yet"),
        ({"folder": "here", "region": "westeurope"}, "is in no price book"),
        ({"folder": "here", "prometheus": "http://127.0.0.1:1"}, "must be reachable from here"),
        ({"folder": "here", "pattern": "(", "prometheus": "http://127.0.0.1:1"}, "must be a regular expression"),
    ],
)
async def test_a_wrong_answer_is_named_and_nothing_is_written(tmp_path, monkeypatch, answers, says):
    monkeypatch.chdir(tmp_path)
    app = GuideApp(END_MS)
    async with app.run_test(size=(80, 24)) as pilot:
        written_in(app, **answers)
        await pilot.press("ctrl+s")
        await settled(app, pilot)
        assert says in texts(app, "#notes")
        await pilot.press("escape")
    assert app.return_value is None
    assert list(tmp_path.iterdir()) == []


def test_the_grants_are_for_the_databases_that_were_seen():
    said = "\n".join(grants(Looked(values={"datname": ("erfurt_prod",)})))
    assert "pg_monitor" in said
    assert "erfurt_prod" in said
    assert "superuser" not in said.lower()


def test_every_provider_of_the_books_gets_offers_that_exist(tmp_path):
    from pricing.book_csv import bundled_books

    books = bundled_books()
    for region in ("azure/westeurope", "aws/us-east-1", "gcp/europe-west3", "hetzner/fsn1"):
        folder = tmp_path / region.replace("/", "-")
        write(Answers(folder=str(folder), region=region), END_MS, lambda _what, _share: None)
        patterns = [one for one in read_study(folder).platform.offers if not one.startswith("own/")]
        for pattern in patterns:
            assert books.offers_matching([pattern], region), (region, pattern)


def test_without_a_terminal_init_asks_for_the_folder(capsys):
    assert main(["init"]) == 2
    assert "workbench init DIR" in capsys.readouterr().err


async def test_the_key_for_it_ends_the_session_with_the_wish(opened):
    async with opened() as driver:
        await driver.pilot.press("i")
        await driver.pilot.pause()
    assert driver.app.wants_guide
