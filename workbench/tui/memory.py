"""What is kept between sessions, in the user's state folder and never in the study: bars, tables, where one was."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from workbench.tui.content import Content, Contents
from workbench.tui.facts import Facts
from workbench.views.cell import Align, Cell, Column, Row, Table

FORMAT = 1
_MOST_ROWS = 60
Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | int | float | bool | None"


@dataclass(frozen=True, slots=True)
class Memory:
    """The last session on a study."""

    facts: Facts
    place: str = "estate"
    theme: str = ""
    selection: Mapping[str, str] = field(default_factory=dict)
    scenario: str | None = None
    edits: tuple[str, ...] = ()
    """As shell options."""
    tables: Mapping[str, Mapping[str, Table]] = field(default_factory=dict)
    """Screen, then panel, to the table it showed."""

    def contents(self, place: str) -> Contents:
        """Return what a screen showed, as far as it was kept."""
        return {key: Content(table.title, table) for key, table in self.tables.get(place, {}).items()}


def state_folder() -> Path:
    """Return the user's folder for the state of programs."""
    from platformdirs import user_state_path

    return user_state_path("capacity-workbench", appauthor=False)


def recall(folder: Path, study: Path | None) -> Memory | None:
    """Return the last session; None if there was none, or if its file is of another version or damaged."""
    try:
        kept = _mapping(json.loads(_file(folder, study).read_text(encoding="utf-8")))
        return _memory(kept) if kept["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(folder: Path, study: Path | None, memory: Memory) -> None:
    """Keep a session for the next start."""
    text = json.dumps({"format": FORMAT, **_written(memory)}, ensure_ascii=False)
    path = _file(folder, study)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _file(folder: Path, study: Path | None) -> Path:
    name = "bundled" if study is None else sha256(str(study.resolve()).encode()).hexdigest()[:16]
    return folder / f"{name}.json"


def _written(memory: Memory) -> dict[str, Json]:
    tables: dict[str, Json] = {place: {key: _table_json(table) for key, table in panels.items()} for place, panels in memory.tables.items()}
    facts = asdict(memory.facts)
    return {
        "facts": {key: list(value) if isinstance(value, tuple) else value for key, value in facts.items()},
        "place": memory.place,
        "theme": memory.theme,
        "selection": dict(memory.selection),
        "scenario": memory.scenario,
        "edits": list(memory.edits),
        "tables": tables,
    }


def _table_json(table: Table) -> Json:
    return {
        "title": table.title,
        "columns": [[column.key, column.title, column.unit, column.align.value] for column in table.columns],
        "rows": [[row.key, *(cell.marked for cell in row.cells)] for row in table.rows[:_MOST_ROWS]],
        "notes": list(table.notes),
    }


def _memory(kept: Mapping[str, object]) -> Memory:
    facts = {key: _texts(value) if isinstance(value, list) else str(value) for key, value in _mapping(kept["facts"]).items()}
    tables = {
        place: {key: _table(_mapping(table)) for key, table in _mapping(panels).items()}
        for place, panels in _mapping(kept["tables"]).items()
    }
    return Memory(
        facts=Facts(**facts),  # type: ignore[arg-type] # read from our own file; fields of another version raise TypeError
        place=str(kept["place"]),
        theme=str(kept["theme"]),
        selection={key: str(text) for key, text in _mapping(kept["selection"]).items()},
        scenario=None if kept["scenario"] is None else str(kept["scenario"]),
        edits=_texts(kept["edits"]),
        tables=tables,
    )


def _table(kept: Mapping[str, object]) -> Table:
    columns = tuple(Column(key, title, unit, Align(align)) for key, title, unit, align in map(_texts, _list(kept["columns"])))
    rows = tuple(Row(key, tuple(Cell(text, text) for text in texts)) for key, *texts in map(_texts, _list(kept["rows"])))
    return Table(str(kept["title"]), columns, rows, _texts(kept["notes"]))


def _mapping(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError(f"{type(value).__name__} where a table was kept")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{type(value).__name__} where a list was kept")
    return value


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, _list(value)))
