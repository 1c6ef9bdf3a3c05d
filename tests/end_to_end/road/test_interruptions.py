"""Collecting is killed, doubled, refused or cut short: what was written stays whole, and the truth comes out the same."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.history import open_history

pytestmark = [pytest.mark.servers, pytest.mark.slow]

HOUR_S = 3600
SINCE = ("--since", "4d")
"""Enough for each way of reading: days as scraped, steps for what is many."""


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a history."""
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and "lock" not in path.name
    }


def in_one_hour(attempt: Callable[[int], tuple[object, object]]) -> tuple[object, object]:
    """Return what an attempt compares; a second attempt if the hour changed meanwhile, since an hour that ended is collected."""
    hour, found = time.time() // HOUR_S, attempt(1)
    return found if time.time() // HOUR_S == hour else attempt(2)


@pytest.fixture(scope="module")
def undisturbed(new_study, shell) -> Callable[[], dict[str, bytes]]:
    """Return the history that one quiet collection of Prometheus makes, made anew each hour."""
    made: dict[float, dict[str, bytes]] = {}

    def collect() -> dict[str, bytes]:
        hour = time.time() // HOUR_S
        if hour not in made:
            folder = new_study(f"quiet-{len(made)}", with_database=False)
            assert shell.run("collect", folder, *SINCE).code == 0
            made[hour] = contents(folder / "history")
        return made[hour]

    return collect


def test_collecting_twice_changes_no_byte(new_study, shell) -> None:
    def attempt(number: int) -> tuple[object, object]:
        folder = new_study(f"twice-{number}", with_database=False)
        assert shell.run("collect", folder, *SINCE).code == 0
        once = contents(folder / "history")
        assert shell.run("collect", folder, *SINCE).code == 0
        return once, contents(folder / "history")

    once, twice = in_one_hour(attempt)
    assert once
    assert once == twice


@pytest.mark.parametrize("files", [1, 60])
def test_killed_and_started_again_it_keeps_the_same_bytes(new_study, shell, undisturbed, files: int) -> None:
    def attempt(number: int) -> tuple[object, object]:
        folder = new_study(f"killed-{files}-{number}", with_database=False)
        process = shell.start("collect", folder, *SINCE)
        while process.poll() is None and sum(1 for _ in (folder / "history").rglob("*.parquet")) < files:
            time.sleep(0.005)
        process.kill()
        process.communicate()
        assert process.returncode == -9
        assert all(open_history(folder / "history").rows(series).height for series in open_history(folder / "history").series())
        assert shell.run("collect", folder, *SINCE).code == 0
        return contents(folder / "history"), undisturbed()

    again, quiet = in_one_hour(attempt)
    assert again == quiet


def test_two_at_once_do_no_harm(new_study, shell, undisturbed) -> None:
    def attempt(number: int) -> tuple[object, object]:
        folder = new_study(f"both-{number}", with_database=False)
        both = [shell.start("collect", folder, *SINCE) for _ in range(2)]
        said = [process.communicate(timeout=120)[1] for process in both]
        assert [process.returncode for process in both] == [0, 0], said
        return contents(folder / "history"), undisturbed()

    both, quiet = in_one_hour(attempt)
    assert both == quiet


@pytest.mark.parametrize(
    ("service", "says"),
    [("erp-wrong", "password authentication failed"), ("erp-dead", "onnection refused"), ("erp-nowhere", "erp-nowhere")],
)
def test_a_source_that_fails_is_named_and_history_stays(new_study, shell, service: str, says: str) -> None:
    folder = new_study(service)
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(
        text[: text.index("[[sources]]")] + text[text.index('[[sources]]\nname = "pg"') :].replace('"erp"', f'"{service}"')
    )
    open_history(folder / "history").folder.mkdir()
    before = contents(folder / "history")
    for verb in ("collect", "snapshot"):
        said = shell.run(verb, folder)
        assert said.code == 3, (verb, said.out, said.err)
        assert says in said.out + said.err
        assert "pg" in said.out + said.err
        assert "not this" not in said.out + said.err
        assert "Traceback" not in said.err
    assert contents(folder / "history") == before


def test_a_dead_prometheus_is_named_and_history_stays(new_study, shell, monitoring) -> None:
    folder = new_study("dead", with_database=False)
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text.replace(monitoring.url, "http://127.0.0.1:9"))
    said = shell.run("collect", folder)
    assert said.code == 3
    assert "prom: " in said.out + said.err
    assert "127.0.0.1" in said.out + said.err
    assert not list((folder / "history").rglob("*.parquet"))
    checked = shell.run("check", folder)
    assert checked.code == 3
    refused = shell.run("compare", folder)
    assert refused.code == 2
    assert "collect" in refused.err
