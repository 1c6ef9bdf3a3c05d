"""Break sentences into lines of a width, counted in cells."""

from rich.cells import cell_len


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text, broken between words; a word longer than a line is cut."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _wrap(paragraph, max(width, 1))
    return lines


def _wrap(paragraph: str, width: int) -> list[str]:
    indent = " " * min(len(paragraph) - len(paragraph.lstrip()), width // 2)
    lines, line = [], ""
    for word in paragraph.split():
        longer = f"{line} {word}" if line else indent + word
        if cell_len(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        rest = indent + word
        while cell_len(rest) > width:
            cut = max(_fitting(rest, width), 1)
            lines.append(rest[:cut])
            rest = rest[cut:]
        line = rest
    return [*lines, line]


def _fitting(text: str, width: int) -> int:
    """Return how many characters fit into the width."""
    used = 0
    for count, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return count
    return len(text)
