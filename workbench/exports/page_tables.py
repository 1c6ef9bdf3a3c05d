"""Tables of a screen as HTML; every text is escaped and keeps its own direction of writing."""

from html import escape

from workbench.views.cell import Align, Cell, Column, Table


def html_text(text: str) -> str:
    """Return a text as HTML: no markup of its own, no characters that HTML forbids, its direction kept to itself."""
    plain = "".join(letter if letter.isprintable() or letter in "\n\t" else "\ufffd" for letter in text if letter not in _TURNING)
    return f"<bdi>{escape(plain)}</bdi>"


_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the writing of what follows them (Unicode Annex 9); a cell does so by itself."""


def html_table(table: Table, chosen: str = "") -> str:
    """Return a table with its notes; the column `chosen` is marked."""
    headed = any(column.title for column in table.columns)
    head = "".join(_cell("th", column, html_text(_title(column)), chosen) for column in table.columns)
    body = "".join(
        f"<tr>{''.join(_cell('td', column, _value(cell), chosen) for column, cell in zip(table.columns, row.cells, strict=True))}</tr>\n"
        for row in table.rows
    )
    notes = "".join(f'<p class="note">{html_text(note)}</p>\n' for note in table.notes)
    heading = f"<thead><tr>{head}</tr></thead>\n" if headed else ""
    return f"<table>\n{heading}<tbody>\n{body}</tbody>\n</table>\n{notes}" if table.rows else notes


def _title(column: Column) -> str:
    return f"{column.title} [{column.unit}]" if column.unit and column.unit != "%" else column.title


def _value(cell: Cell) -> str:
    return html_text(cell.marked)


def _cell(tag: str, column: Column, content: str, chosen: str) -> str:
    kinds = [*(["left"] if column.align == Align.LEFT else []), *(["chosen"] if column.key == chosen else [])]
    return f'<{tag} class="{" ".join(kinds)}">{content}</{tag}>' if kinds else f"<{tag}>{content}</{tag}>"
