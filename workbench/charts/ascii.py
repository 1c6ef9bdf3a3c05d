"""Text in ASCII, of the same width, for terminals without UTF-8."""

import unicodedata

from workbench.charts.cells import cell_width

EIGHTHS = "▁▂▃▄▅▆▇"
_GLYPHS = dict(zip("─┈│┊┤└┘┌┐┬▔━▲▶↑→●◆■", "-.|:++++++-=^>^>o*#", strict=True))
_GLYPHS |= dict(zip("╭╮╰╯├┴┼▏▕▌▐▎▊▉▍▋┃║═▾▸◂▽◯○✓✗", "+++++++|||||||||||=v><voo+x", strict=True))
_GLYPHS |= dict(zip("░▒▓█╱╲╳…·∞•–−×≥≤€—µ±§", "~%&#/\\x..8*--x><E-u~S", strict=True))
_GLYPHS |= dict(zip(EIGHTHS, "__==###", strict=True))
_GLYPHS |= {chr(0x2800 + bits): " '.:"[2 * bool(bits & 0xE4) + bool(bits & 0x1B)] for bits in range(256)}
_TABLE = str.maketrans(_GLYPHS)


def ascii_text(text: str) -> str:
    """Return the text in ASCII glyphs that take the same cells; what has none becomes question marks."""
    if text.isascii():
        return text
    return "".join(_ascii(character) for character in text.translate(_TABLE))


def _ascii(character: str) -> str:
    """Return the letter without its accent, or as many question marks as it takes cells."""
    if character.isascii():
        return character
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    return plain if plain.isascii() and len(plain) == cell_width(character) else "?" * cell_width(character)
