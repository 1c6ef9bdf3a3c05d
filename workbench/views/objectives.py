"""Recovery objectives of business processes: kept or broken, and by which step."""

from collections.abc import Sequence

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.recovery import Against, Objective
from workbench.views.cell import Align, Column, Row, Table
from workbench.views.risk import NO_USERS
from workbench.views.text import hours, share, unknown, words

_COLUMNS = (
    Column("tenant", "tenant", align=Align.LEFT),
    Column("process", "process", align=Align.LEFT),
    Column("what", "objective", align=Align.LEFT),
    Column("kept", "", align=Align.LEFT),
    Column("allowed", "allowed"),
    Column("takes", "takes"),
    Column("domain", "lost", align=Align.LEFT),
    Column("step", "step that decides", align=Align.LEFT),
    Column("chance", "chance it fails all the same"),
)
HA_IS_NOT_DR = "a standby is no backup: it copies what was deleted, and stands in the same region unless a part says otherwise"
ALL_KEPT = "every recovery objective is kept when an instance is lost and recovery goes as planned"


def broken_table(comparison: Comparison, topology: str) -> Table:
    """Return the recovery objectives a topology does not keep when an instance is lost, with what breaks each."""
    risk = comparison.result(topology).risk
    broken = () if risk is None else risk.broken
    note = NO_USERS if risk is None else ALL_KEPT
    return _table(f"{topology}: recovery objectives broken", comparison.tenants, broken, () if broken else (note,))


def disasters_table(topology: str, found: Sequence[Objective]) -> Table:
    """Return the objectives that the loss of data or of the region breaks: lines of their own."""
    broken = [one for one in found if one.against != Against.INSTANCE and one.kept is not True]
    notes = (HA_IS_NOT_DR,) if found else (NO_USERS,)
    return _disasters(f"{topology}: objectives after a disaster", broken, len(found), notes)


def _disasters(title: str, broken: list[Objective], asked: int, notes: tuple[str, ...]) -> Table:
    """Return a row for each kind of disaster, objective and deciding step: thousands of processes share a few of them."""
    columns = (
        Column("against", "what happened", align=Align.LEFT),
        Column("what", "objective", align=Align.LEFT),
        Column("broken", "processes that miss it"),
        Column("worst", "takes at worst"),
        Column("tightest", "tightest allowed"),
        Column("step", "step that decides", align=Align.LEFT),
    )
    grouped: dict[tuple[str, str, str], list[Objective]] = {}
    for one in broken:
        grouped.setdefault((str(one.against), one.what, one.step), []).append(one)
    rows = tuple(
        Row(
            "/".join(key),
            (
                words(key[0]),
                words(key[1]),
                words(f"{len(found)}"),
                hours(max((one.takes_h for one in found if one.takes_h is not None), default=None)),
                hours(min(one.allowed_h for one in found)),
                words(key[2]),
            ),
        )
        for key, found in sorted(grouped.items())
    )
    return Table(title, columns, rows, notes if rows or not asked else ("every objective is kept after a disaster as well", *notes))


def _table(title: str, tenants: Sequence[str], found: Sequence[Objective], notes: tuple[str, ...]) -> Table:
    rows = tuple(
        Row(
            f"{tenants[one.tenant]}/{one.process}/{one.what}",
            (
                words(tenants[one.tenant]),
                words(one.process),
                words(one.what),
                words({True: "kept", False: "BROKEN", None: "not known"}[one.kept]),
                hours(one.allowed_h),
                unknown("no rate") if one.takes_h is None else hours(one.takes_h),
                words(one.domain),
                words(one.step),
                share(one.chance) if one.chance > 0 else words(""),
            ),
        )
        for one in found
    )
    return Table(title, _COLUMNS, rows, notes)
