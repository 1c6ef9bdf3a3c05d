"""Rows of CSV files as nested tables of cells: a column `calendar.zone` is the key `zone` of `calendar`."""

import csv
import io
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.study.cells import Cell
from workbench.study.inspection import Inspection, Place


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a CSV file."""

    line: int
    values: dict[str, object]
    """Nested tables and arrays of cells; empty cells are missing keys."""


def read_rows(inspection: Inspection, path: Path, file: str) -> Iterator[Row]:
    """Yield the rows of a CSV file that has a header; blank rows and rows starting with # are left out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        inspection.damaged.add(file)
        inspection.error(Place(file), f"cannot be read ({reason})", "check that the file is there and saved as UTF-8")
        return
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [column.strip() for column in next(reader, [])]
    for repeated in {column for column in header if header.count(column) > 1}:
        inspection.error(Place(file, (repeated,), 1), "is a column twice", "remove one of them")
    for cells in reader:
        if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
            continue
        if len(cells) > len(header):
            rule = f"has {len(cells)} cells for {len(header)} columns"
            inspection.error(Place(file, line=reader.line_num), rule, "put cells that contain commas into quotes")
        yield _row(inspection, file, reader.line_num, list(zip(header, cells, strict=False)))


def _row(inspection: Inspection, file: str, line: int, cells: list[tuple[str, str]]) -> Row:
    values: dict[str, object] = {}
    for column, text in cells:
        if text.strip():
            keys = column.split(".")
            if not _put(values, keys, _cell_value(Cell(text, file, line))):
                inspection.error(Place(file, (column,), 1), "contradicts another column", "keep either the whole or its parts")
    return Row(line, {key: _arrays(value) for key, value in values.items()})


def _put(table: dict[str, object], keys: list[str], value: object) -> bool:
    for key in keys[:-1]:
        inner = table.setdefault(key, {})
        if not isinstance(inner, dict):
            return False
        table = inner
    if keys[-1] in table:
        return False
    table[keys[-1]] = value
    return True


def _cell_value(cell: Cell) -> object:
    """Read a cell that is a TOML array or table, such as [{ name = "Leipzig", users = 220 }]."""
    if cell.text.strip()[0] not in "[{":
        return cell
    try:
        return _leaves(tomllib.loads(f"cell = {cell.text.strip()}", parse_float=str)["cell"], cell)
    except tomllib.TOMLDecodeError:
        return cell


def _leaves(value: object, cell: Cell) -> object:
    if isinstance(value, dict):
        return {key: _leaves(inner, cell) for key, inner in value.items()}
    if isinstance(value, list):
        return [_leaves(inner, cell) for inner in value]
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return Cell(text, cell.file, cell.line)


def _arrays(value: object) -> object:
    """Turn tables with the keys 0, 1, … into arrays: columns plants.0.name, plants.1.name."""
    if not isinstance(value, dict):
        return value
    inner = {key: _arrays(item) for key, item in value.items()}
    if inner and all(key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
