"""Values of options; argparse turns their complaints into messages."""

import argparse
import re
from datetime import date

_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)")
_BYTES = {"MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(MiB|GiB|TiB)")
SECONDS_PER_DAY = 86400.0
LAST_PORT = 65_535


def seconds(text: str) -> float:
    """Return a duration such as 45ms, 1.5s, 2h or 90d in seconds."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration: write a number and ms, s, min, h or d, such as 45ms")
    return float(match[1]) * _SECONDS[match[2]]


def size(text: str) -> int:
    """Return a size such as 40GiB in bytes."""
    match = _SIZE.fullmatch(text.strip())
    if match is None or float(match[1]) <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no size: write a number and MiB, GiB or TiB, such as 40GiB")
    return round(float(match[1]) * _BYTES[match[2]])


def days(text: str) -> float:
    """Return a duration in days."""
    return seconds(text) / SECONDS_PER_DAY


def positive(text: str) -> float:
    """Return a number above zero."""
    value = _number(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} must be above 0")
    return value


def port(text: str) -> int:
    """Return a port that may be listened on."""
    value = int(text) if text.isdecimal() else 0
    if not 1 <= value <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: choose 1 to {LAST_PORT}")
    return value


def not_negative(text: str) -> float:
    """Return a number of at least zero."""
    value = _number(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} must be at least 0")
    return value


def probability(text: str) -> float:
    """Return a number from 0 to 1."""
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} must lie between 0 and 1")
    return value


def open_share(text: str) -> float:
    """Return a number between 0 and 1, both excluded."""
    value = _number(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text} must lie between 0 and 1, both excluded")
    return value


def whole(text: str) -> int:
    """Return a whole number above zero."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number of at least 1")
    return int(text)


def day(text: str) -> date:
    """Return an ISO date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write it as 2026-10-31") from None


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -1e300 < value < 1e300:
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return value
