"""Where a number comes from, in sentences."""

from workbench.pipeline.origin import Origin
from workbench.views.cell import ASSUMED, BEST, Cell


def origin_lines(cell: Cell) -> tuple[str, ...]:
    """Return the number, its marks, and what stands behind it, parents indented."""
    value = f"{cell.text.strip()} {cell.unit}".strip() if cell.unit and cell.unit not in cell.text else cell.text.strip()
    known = ((ASSUMED, "rests on an assumption"), (BEST, "best of its row, and the difference is clear"))
    marks = [text for mark, text in known if mark in cell.mark]
    behind = _lines(cell.origin, 0) if cell.origin is not None else ["Taken from the study as it is written, or a word of the screen."]
    return (value, *marks, "", *behind)


def _lines(origin: Origin, depth: int) -> list[str]:
    parts = [f"{origin.kind.value}: {origin.what}"]
    if origin.period is not None:
        parts.append(f"{origin.period[0]} … {origin.period[1]}")
    if origin.samples is not None:
        parts.append(f"{origin.samples:,} samples")
    if origin.quality is not None:
        parts.append(f"{100 * origin.quality:.1f} % covered")
    if origin.as_of is not None:
        parts.append(f"of {origin.as_of}")
    if origin.low is not None and origin.high is not None:
        parts.append(f"90 % range {origin.low:.4g} … {origin.high:.4g}")
    own = "  " * depth + " · ".join(parts)
    return [own, *(line for parent in origin.parents for line in _lines(parent, depth + 1))]
