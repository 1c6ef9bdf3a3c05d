"""A grid of character cells to draw on: braille dots, eighth blocks and backgrounds, all as arrays."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from workbench.charts.cells import cell_width, fit
from workbench.charts.rows import Chart, Role, Row, Span, Style

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

SPACE = 32
BRAILLE = 0x2800
EIGHTH = 0x2580
"""Code point below "▁": adding 1 to 7 gives that many eighths from the bottom."""
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint8)
_ROLES: tuple[Role | None, ...] = (None, *Role)
_INDEX = {role: index for index, role in enumerate(_ROLES)}
_LINE_IN_CELL = np.array([0x2594, 0x2500, 0x2500, 0x2581], dtype=np.uint32)
_LINE_DOTS = (_DOTS[:, 0] | _DOTS[:, 1]).astype(np.uint8)


class Canvas:
    """Cells to draw on; row 0 is the top. Windows share the cells of the canvas they are cut from."""

    __slots__ = ("background", "bits", "bold", "foreground", "glyphs")

    def __init__(self, width: int, height: int) -> None:
        if width < 1 or height < 1:
            raise ValueError(f"chart size is {width} x {height} cells: both must be at least 1; skip the chart where there is no room")
        self.glyphs = np.full((height, width), SPACE, dtype=np.uint32)
        self.bits = np.zeros((height, width), dtype=np.uint8)
        self.foreground = np.zeros((height, width), dtype=np.uint8)
        self.background = np.zeros((height, width), dtype=np.uint8)
        self.bold = np.zeros((height, width), dtype=np.uint8)

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return int(self.glyphs.shape[1])

    @property
    def height(self) -> int:
        """Return the number of rows."""
        return int(self.glyphs.shape[0])

    def window(self, top: int, left: int, height: int, width: int) -> "Canvas":
        """Return a canvas whose cells are those of the rectangle."""
        part = Canvas.__new__(Canvas)
        for name in self.__slots__:
            setattr(part, name, getattr(self, name)[top : top + height, left : left + width])
        return part

    def write(self, row: int, column: int, text: str, style: Style) -> int:
        """Write a text and return the column after it; what leaves the canvas on the right is cut."""
        shown = fit(text, self.width - column)
        for character in shown:
            self._put(row, column, ord(character), style)
            column += 1
            if cell_width(character) == 2:
                self._put(row, column, 0, style)
                column += 1
        return column

    def clear(self) -> None:
        """Empty every cell."""
        self.glyphs[:] = SPACE
        for layer in (self.bits, self.foreground, self.background, self.bold):
            layer[:] = 0

    def free(self, row: int, column: int, cells: int) -> bool:
        """Return whether the cells are on the canvas and empty."""
        if row < 0 or row >= self.height or column < 0 or column + cells > self.width:
            return False
        return bool(np.all(self.glyphs[row, column : column + cells] == SPACE))

    def fill(self, cells: Flags, glyph: str, role: Role) -> None:
        """Put a glyph into the empty cells of a mask (height, width)."""
        empty = cells & (self.glyphs == SPACE)
        self.glyphs[empty] = ord(glyph)
        self.foreground[empty] = _INDEX[role]

    def paint(self, bottom: Ints, top: Ints, role: Role) -> None:
        """Fill each column from `bottom` to `top` (width,), in eighths of a row from below; nothing where top <= bottom.

        Edges are eighth blocks over what was there. A fill thinner than a cell that touches neither of its edges becomes a stroke.
        """
        base = 8 * np.arange(self.height - 1, -1, -1)[:, None]
        upper, lower = np.clip(top - base, 0, 8), np.clip(bottom - base, 0, 8)
        inside = upper > lower
        full = inside & ((upper - lower >= 8) | ((lower > 0) & (upper < 8) & (upper - lower >= 4)))
        rising = inside & ~full & (lower == 0)
        falling = inside & ~full & (upper == 8)
        thin = inside & ~full & ~rising & ~falling
        # The neighbour of an edge is what lies right beside it, so that stacked fills leave no gap between them.
        eighths = np.where(self._edges(), self.glyphs.astype(np.int64) - EIGHTH, 0)
        below = np.where(eighths >= lower, self.foreground, self.background)
        above = np.where(eighths > upper, self.foreground, self.background)
        self._settle(thin)
        index, surface = _INDEX[role], _INDEX[Role.SURFACE]
        self.glyphs[full] = SPACE
        self.glyphs[rising] = EIGHTH + upper[rising]
        self.glyphs[falling] = EIGHTH + lower[falling]
        self.glyphs[thin] = ord("━")
        self.foreground[rising | thin] = index
        self.foreground[falling] = np.where(below[falling] == 0, surface, below[falling])
        self.background[rising] = np.where(above[rising] == surface, 0, above[rising])
        self.background[full | falling] = index

    def dot(self, mask: Flags, role: Role) -> None:
        """Set braille dots of a mask (4 × height, 2 × width); dots that were there stay, the cell takes the new role."""
        cells = (mask.reshape(self.height, 4, self.width, 2) * _DOTS[None, :, None, :]).sum(axis=(1, 3), dtype=np.uint8)
        set_now = cells > 0
        self._settle(set_now)
        self.bits |= cells
        self.glyphs[set_now] = BRAILLE + self.bits[set_now].astype(np.uint32)
        self.foreground[set_now] = _INDEX[role]

    def rule(self, levels: Ints, role: Role) -> None:
        """Draw a line at `levels` (width,), quarters of a row from above, none where negative; dots in its way stay and it joins them."""
        columns = np.flatnonzero((levels >= 0) & (levels < 4 * self.height))
        rows, quarter = levels[columns] // 4, levels[columns] % 4
        crossed = self.bits[rows, columns] > 0
        mask = np.zeros(self.glyphs.shape, dtype=np.bool_)
        mask[rows, columns] = True
        self._settle(mask & (self.bits == 0))
        dots = np.where(crossed, self.bits[rows, columns] | _LINE_DOTS[quarter], 0).astype(np.uint8)
        self.bits[rows, columns] = dots
        self.glyphs[rows, columns] = np.where(crossed, BRAILLE + dots.astype(np.uint32), _LINE_IN_CELL[quarter])
        self.foreground[rows, columns] = _INDEX[role]
        self.bold[rows, columns] = 1

    def shade(self, cells: Flags, role: Role) -> None:
        """Give the cells of a mask (height, width) a background."""
        self.background[cells] = _INDEX[role]

    def chart(self) -> Chart:
        """Return what was drawn, neighbouring cells of one style in one span."""
        codes = self.foreground.astype(np.int32) | (self.background.astype(np.int32) << 8) | (self.bold.astype(np.int32) << 16)
        return tuple(_spans(self.glyphs[row], codes[row]) for row in range(self.height))

    def _put(self, row: int, column: int, code: int, style: Style) -> None:
        self.glyphs[row, column] = code
        self.bits[row, column] = 0
        self.foreground[row, column] = _INDEX[style.foreground]
        if style.background is not None:
            self.background[row, column] = _INDEX[style.background]
        self.bold[row, column] = style.bold

    def _edges(self) -> Flags:
        edges: Flags = (self.glyphs > EIGHTH) & (self.glyphs < EIGHTH + 8) & (self.bits == 0)
        return edges

    def _settle(self, cells: Flags) -> None:
        """Make the larger part of each edge cell its background, before another glyph takes the cell."""
        larger = cells & self._edges() & (self.glyphs >= EIGHTH + 4)
        self.background[larger] = np.where(self.foreground[larger] == _INDEX[Role.SURFACE], 0, self.foreground[larger])


def _spans(glyphs: NDArray[np.uint32], codes: NDArray[np.int32]) -> Row:
    ends = [*(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    text = glyphs.astype("<u4").tobytes().decode("utf-32-le")
    starts = [0, *ends[:-1]]
    return tuple(
        Span(text[start:end].replace("\0", ""), _style(code)) for start, end, code in zip(starts, ends, codes[starts].tolist(), strict=True)
    )


@lru_cache(maxsize=2048)
def _style(code: int) -> Style:
    return Style(_ROLES[code & 255], _ROLES[code >> 8 & 255], bool(code >> 16))
