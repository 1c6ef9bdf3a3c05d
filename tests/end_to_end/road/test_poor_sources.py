"""A Prometheus that answers and has next to nothing to say."""

import shutil
import time
from pathlib import Path

import pytest

from workbench.history import open_history

pytestmark = [pytest.mark.servers, pytest.mark.slow]

GIVEN = Path(__file__).with_name("study")
COUNT = "odoo_request_duration_seconds_count"


def planted(values: str) -> str:
    """Return samples of one tenant's requests, one a minute, that end an hour ago."""
    last = time.time() // 60 * 60 - 3600
    said = values.split()
    lines = [f'{COUNT}{{database="leipzig_prod"}} {value} {last - 60 * (len(said) - number)}' for number, value in enumerate(said)]
    return "\n".join([*lines, "# EOF\n"])


@pytest.mark.parametrize(("values", "holds"), [("", 0), ("7", 1), ("NaN " * 600, 0)], ids=["nothing", "one sample", "not a number"])
def test_next_to_nothing_is_said_and_never_made_into_figures(prometheus_server, shell, tmp_path, values: str, holds: int) -> None:
    url = prometheus_server(planted(values) if values else None).url
    folder = tmp_path / "study"
    shutil.copytree(GIVEN, folder)
    text = (folder / "study.toml").read_text()
    text = text[: text.index('[[sources]]\nname = "pg"')].replace("as_of = 1970-01-01\n", "").replace("http://127.0.0.1:1", url)
    (folder / "study.toml").write_text(text)
    collected = shell.run("collect", folder, "--since", "2d")
    assert collected.code == 0, collected.err
    assert len(open_history(folder / "history").series()) == holds
    checked = shell.run("check", folder)
    assert checked.code == 1
    assert "of requests" in checked.out or "no requests" in checked.out
    compared = shell.run("compare", folder, "--json")
    assert (compared.code, compared.out) == (2, "")
    assert "workbench collect" in compared.err
    assert "Traceback" not in collected.err + checked.err + compared.err
