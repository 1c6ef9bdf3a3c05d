"""The only place where numbers become text."""

from datetime import date
from decimal import Decimal
from math import inf, isnan

from pricing.money import plain
from workbench.pipeline.origin import Origin
from workbench.views.cell import UNKNOWN, Cell

GIB = 2.0**30
_BINARY = (("TiB", 2.0**40), ("GiB", 2.0**30), ("MiB", 2.0**20), ("KiB", 2.0**10))
RESOURCE_NAMES = {
    "worker_time": "worker time",
    "cpu": "application CPU",
    "memory": "application memory",
    "database_cpu": "database CPU",
    "database_memory": "database memory",
    "postgres_iops": "database IOPS",
    "postgres_throughput": "database MB/s",
    "connections": "connections",
    "storage": "database storage",
    "redis_memory": "Redis memory",
    "ingress": "ingress",
    "filestore": "filestore",
}
"""Value of `Resource` to the words of every screen."""


def words(text: str, origin: Origin | None = None, mark: str = "") -> Cell:
    """Return a cell that holds words."""
    return Cell(text, text, "", origin, mark)


def unknown(why: str = "", unit: str = "", origin: Origin | None = None) -> Cell:
    """Return a cell for what nobody knows, with the reason where there is one."""
    return Cell(None, f"{UNKNOWN} ({why})" if why else UNKNOWN, unit, origin)


def money(amount: Decimal | None, currency: str, origin: Origin | None = None, mark: str = "") -> Cell:
    """Return an amount with thousands and cents; the unit is the currency."""
    return unknown(unit=currency, origin=origin) if amount is None else Cell(amount, f"{amount:,.2f}", currency, origin, mark)


def unit_price(amount: Decimal, currency: str, origin: Origin | None = None) -> Cell:
    """Return what a unit costs with every digit that the price book has: rounding is for amounts due."""
    return Cell(amount, plain(amount), currency, origin)


def about(amount: float | None, currency: str, origin: Origin | None = None) -> Cell:
    """Return an estimated amount, to whole units: its cents mean nothing."""
    return unknown(unit=currency, origin=origin) if amount is None or isnan(amount) else Cell(amount, f"{amount:,.0f}", currency, origin)


def share(value: float | None, origin: Origin | None = None, mark: str = "", digits: int = 1) -> Cell:
    """Return a share in per cent."""
    if value is None or isnan(value):
        return unknown(origin=origin)
    if value == -inf:
        return Cell(None, "none: nothing is usable", "%", origin, mark)
    return Cell(value, f"{100 * value:,.{digits}f} %", "%", origin, mark)


def seconds(value: float | None, origin: Origin | None = None, mark: str = "") -> Cell:
    """Return a duration of a request; an endless one never keeps any objective."""
    if value is None or isnan(value):
        return unknown(unit="s", origin=origin)
    if value == inf:
        return Cell(None, "never keeps it (∞)", "s", origin, mark)
    return Cell(value, f"{1000 * value:,.0f} ms" if value < 1 else f"{value:,.2f} s", "s", origin, mark)


def hours(value: float | None, origin: Origin | None = None) -> Cell:
    """Return a duration of an outage or an objective."""
    if value is None or isnan(value):
        return unknown(unit="h", origin=origin)
    if value < 1:
        return Cell(value, f"{60 * value:,.0f} min", "h", origin)
    return Cell(value, f"{value:,.1f} h" if value < 100 else f"{value / 24:,.1f} days", "h", origin)


def day(value: date | None, missing: str = UNKNOWN, origin: Origin | None = None) -> Cell:
    """Return a day as ISO date."""
    return Cell(None, missing, "", origin) if value is None else Cell(value, value.isoformat(), "", origin)


def number(value: float | None, unit: str = "", origin: Origin | None = None, mark: str = "", digits: int = 0) -> Cell:
    """Return a plain number."""
    if value is None or isnan(value):
        return unknown(unit=unit, origin=origin)
    if abs(value) == inf:
        return Cell(None, "∞" if value > 0 else "−∞", unit, origin, mark)
    return Cell(value, f"{value:,.{digits}f}", unit, origin, mark)


def count(value: int | None, unit: str = "", origin: Origin | None = None, mark: str = "") -> Cell:
    """Return a whole number."""
    return unknown(unit=unit, origin=origin) if value is None else Cell(value, f"{value:,d}", unit, origin, mark)


def quantity(value: float | None, unit: str, origin: Origin | None = None, mark: str = "") -> Cell:
    """Return an amount of a resource in its unit: bytes as GiB, bytes/s as MB/s, else three digits."""
    if value is None or isnan(value):
        return unknown(unit=unit, origin=origin)
    if abs(value) == inf:
        return number(value, unit, origin, mark)
    return Cell(value, quantity_text(value, unit), unit, origin, mark)


def quantity_text(value: float, unit: str) -> str:
    """Return a finite amount with its unit."""
    if unit == "bytes":
        name, size = next(((name, size) for name, size in _BINARY if abs(value) >= size), ("B", 1.0))
        return f"{value / size:,.1f} {name}"
    if unit == "bytes/s":
        return f"{value / 1e6:,.1f} MB/s"
    return f"{figures(value)} {unit}".rstrip()


def figures(value: float) -> str:
    """Return a number with three digits that mean something, and thousands."""
    if value == 0:
        return "0"
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}" if size >= 0.001 else f"{value:.2e}"


def resource_name(resource: str | None) -> str:
    """Return the words for a resource; "nothing known" without one."""
    return "nothing known" if resource is None else RESOURCE_NAMES.get(resource, resource)


def span(low: str, high: str) -> str:
    """Return a range."""
    return low if low == high else f"{low} … {high}"
