"""Bring tenants.csv and [[tenants]] together: a block overrides its row, key by key."""

from collections.abc import Iterator
from pathlib import Path

from workbench.study.documents import refuse_secrets
from workbench.study.inspection import Place
from workbench.study.section import Section
from workbench.study.sections.tenants import one_plant, tenant_name
from workbench.study.tables import Row, read_rows
from workbench.study.values import text


def tenant_sections(root: Section, head: Section, folder: Path) -> Iterator[Section]:
    """Yield one section a tenant: rows first, in their order, then blocks without a row."""
    file = head.read("tenants", text, None)
    rows = [] if file is None else list(read_rows(root.inspection, folder / file, file))
    blocks = _blocks(root)
    for row in rows:
        name = tenant_name(row.values)
        place = Place(file or "", (), row.line, f"tenants[{name or '?'}]")
        refuse_secrets(root.inspection, place, row.values)
        yield _row_section(root, place, row, blocks.pop(name, None) if name else None)
    yield from blocks.values()


def _blocks(root: Section) -> dict[str, Section]:
    blocks: dict[str, Section] = {}
    for index, block in enumerate(root.children("tenants")):
        name = tenant_name(block.values) or f"?{index}"
        if name in blocks:
            blocks[f"{name}?{index}"] = block
        else:
            blocks[name] = block
    return blocks


def _row_section(root: Section, place: Place, row: Row, block: Section | None) -> Section:
    values = one_plant(row.values)
    if block is None:
        return root.adopt(place, values)
    shown = Place(block.place.file, block.place.path, None, place.shown)
    return root.adopt(shown, _merged(values, block.values))


def _merged(row: dict[str, object], block: dict[str, object]) -> dict[str, object]:
    merged = dict(row)
    for key, value in block.items():
        below = merged.get(key)
        merged[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged
