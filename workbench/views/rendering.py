"""Tables as plain text, for terminals without a screen and for pipes."""

from unicodedata import east_asian_width

from workbench.views.cell import Align, Branch, Column, Table

GAP = "  "


def render(table: Table) -> str:
    """Return a table as aligned lines: title, headings, rows, notes; ends with a line feed."""
    heads = [_heading(column) for column in table.columns]
    body = [[cell.marked for cell in row.cells] for row in table.rows]
    widths = [max(_width(line[i]) for line in [heads, *body]) for i in range(len(heads))]
    lines = [table.title] if table.title else []
    lines += (
        [_line(line, widths, table.columns) for line in [heads, *body]] if any(heads) else [_line(b, widths, table.columns) for b in body]
    )
    return "\n".join([*lines, *(f"  {note}" for note in table.notes)]) + "\n"


def render_tree(branch: Branch, depth: int = 0) -> str:
    """Return a tree as indented lines; ends with a line feed."""
    line = GAP * depth + GAP.join(cell.marked for cell in branch.cells if cell.text)
    return line.rstrip() + "\n" + "".join(render_tree(child, depth + 1) for child in branch.children)


def _heading(column: Column) -> str:
    return f"{column.title} [{column.unit}]" if column.unit else column.title


def _line(texts: list[str], widths: list[int], columns: tuple[Column, ...]) -> str:
    padded = [
        text + " " * (width - _width(text)) if column.align == Align.LEFT else " " * (width - _width(text)) + text
        for text, width, column in zip(texts, widths, columns, strict=True)
    ]
    return GAP.join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
