"""How many cells a text takes, so that foreign names cannot shift a chart."""

import unicodedata
from functools import lru_cache


def cell_width(text: str) -> int:
    """Return the cells that a cleaned text takes: two for wide characters, one for all others."""
    return len(text) if text.isascii() else sum(_wide(character) + 1 for character in text)


@lru_cache(maxsize=4096)
def fit(text: str, cells: int) -> str:
    """Return the text without control, direction and combining characters, cut with "…" to at most `cells` cells."""
    clean = text if text.isascii() and text.isprintable() else "".join(filter(_visible, unicodedata.normalize("NFC", text)))
    if cell_width(clean) <= cells:
        return clean
    kept, room = "", cells - 1
    for character in clean:
        room -= _wide(character) + 1
        if room < 0:
            break
        kept += character
    return kept + "…" if cells > 0 else ""


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _visible(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Cn", "Co", "Mn", "Me", "Zl", "Zp"}
