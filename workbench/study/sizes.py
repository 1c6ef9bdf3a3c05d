"""Amounts of memory and storage as people write them: "64 GiB", "500 MB"."""

import re
from decimal import Decimal

from workbench.study.cells import words
from workbench.study.findings import RuleError

_BYTES = {
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}
_SIZE = re.compile(r"(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>[A-Za-z]+)")


def size_bytes(value: object) -> int:
    """Return a size such as "64 GiB" in bytes."""
    text = words(value)
    match = _SIZE.fullmatch(text) if text else None
    if match is None:
        raise RuleError("needs a number and a unit of size", 'e.g. "64 GiB"')
    if match["unit"] not in _BYTES:
        raise RuleError(f"has the unknown unit {match['unit']!r}", f"use one of {', '.join(_BYTES)}")
    return int(Decimal(match["amount"]) * _BYTES[match["unit"]])


def size_text(amount_bytes: int) -> str:
    """Return bytes in the largest binary unit that divides them, to be read back exactly."""
    for unit in ("TiB", "GiB", "MiB", "KiB"):
        if amount_bytes and amount_bytes % _BYTES[unit] == 0:
            return f"{amount_bytes // _BYTES[unit]} {unit}"
    return f"{amount_bytes} B"
