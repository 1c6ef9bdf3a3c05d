"""What a source shows before there is a study: whom its labels name, what runs."""

from workbench.commands.looking import Looked, Reading
from workbench.views.cell import UNKNOWN, Align, Column, Row, Table
from workbench.views.text import words

_READINGS = tuple(Column(key, key, align=Align.LEFT) for key in ("label", "value", "tenant"))
_POOLS = tuple(Column(key, key, align=Align.LEFT) for key in ("pool", "layer", "tenants", "measured"))
_OPEN = "machines and sizes are filled in by hand, marked ? in topologies/current.toml"


def readings_table(readings: tuple[Reading, ...]) -> Table:
    """Return whom every value of a label stands for; nobody is said, not left out."""
    rows = tuple(
        Row(
            f"{one.label} {one.value}",
            (words(one.label), words(one.value), words(one.tenant) if one.tenant is not None else words("nobody", mark=UNKNOWN)),
        )
        for one in readings
    )
    return Table("", _READINGS, rows, () if rows else ("no label names a tenant",))


def pools_table(seen: Looked) -> Table:
    """Return the pools that seem to run, with what was measured of them."""
    rows = tuple(
        Row(
            f"{pool.layer} {pool.name}",
            (words(pool.name), words(pool.layer), words(", ".join(pool.tenants)), words(", ".join(name for name, _ in pool.settings))),
        )
        for pool in seen.pools
    )
    return Table("", _POOLS, rows, (_OPEN,))
