"""Text from a place without types, such as a CSV cell or a shell option: whoever reads it says what it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One untyped value and where it stands."""

    text: str
    file: str
    line: int | None


def words(value: object) -> str | None:
    """Return the text of a TOML string or a cell, stripped; None for anything else."""
    if isinstance(value, Cell):
        return value.text.strip()
    return value.strip() if isinstance(value, str) else None


def first_cell(value: object) -> Cell | None:
    """Return the first cell within a value built from cells, or None when it comes from TOML."""
    if isinstance(value, Cell):
        return value
    nested: list[object] = []
    if isinstance(value, dict):
        nested = list(value.values())
    elif isinstance(value, list):
        nested = value
    return next((cell for item in nested if (cell := first_cell(item))), None)
