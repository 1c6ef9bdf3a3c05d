import json
from pathlib import Path

import pytest

from workbench.history import History, open_history

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    return DATA


@pytest.fixture(scope="session")
def meridian() -> Path:
    return DATA / "meridian"


@pytest.fixture(scope="session")
def bundled_history(meridian) -> History:
    return open_history(meridian / "history")


@pytest.fixture(scope="session")
def truth() -> dict:
    return json.loads((DATA / "meridian-truth.json").read_text(encoding="utf-8"))
