"""When something may be changed: windows of pools, freeze periods, the next release ring by ring."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from workbench.pipeline.change_windows import LEAST_HOURS, ChangeWindow
from workbench.pipeline.freezes import Freeze
from workbench.pipeline.release_schedule import RingRelease
from workbench.study.recovery import Recovery
from workbench.views.cell import ASSUMED, Align, Column, Row, Table
from workbench.views.reasons import names_text
from workbench.views.text import day, hours, share, words

NONE = "NO COMMON WINDOW"


def windows_table(topology: str, windows: Sequence[ChangeWindow], tenants: Sequence[str]) -> Table:
    """Return the hours in which every tenant of a pool is quiet and inside its window; pools without one come first."""
    columns = (
        Column("pool", "pool", align=Align.LEFT),
        Column("window", "change window", align=Align.LEFT),
        Column("between", "kept apart by", align=Align.LEFT),
        Column("zone", "clock of", align=Align.LEFT),
        Column("hours", "longest"),
        Column("other", "after clocks change"),
        Column("layer", "layer", align=Align.LEFT),
    )
    rows = tuple(
        Row(
            one.pool,
            (
                words(one.pool),
                words(one.text if one.common else f"{NONE}{f' ({one.text})' if one.text else ''}"),
                words(names_text(tuple(tenants[i] for i in one.between))),
                words(one.zone),
                hours(one.longest_h),
                hours(one.other_season_h),
                words(str(one.layer)),
            ),
        )
        for one in windows
    )
    missing = sum(not one.common for one in windows)
    said = f"{missing} of {len(windows)} pools have no common window of {LEAST_HOURS:g} h: one tenant's change is another one's shift"
    return Table(f"{topology}: change windows", columns, rows, (said,) if missing else ("every pool has a common window",))


def freezes_table(frozen: Sequence[Freeze]) -> Table:
    """Return the days on which nothing is changed."""
    columns = (
        Column("first", "frozen from", align=Align.LEFT),
        Column("last", "to", align=Align.LEFT),
        Column("why", "because", align=Align.LEFT),
        Column("share", "a month's peak falls there"),
    )
    rows = tuple(
        Row(one.first.isoformat(), (day(one.first), day(one.last), words(one.why), share(one.share) if one.share > 0 else words("")))
        for one in frozen
    )
    return Table("freeze periods", columns, rows)


def releases_table(topology: str, releases: Sequence[RingRelease], recovery: Recovery) -> Table:
    """Return the next roll-out of every code base, ring by ring."""
    columns = (
        Column("image", "code base", align=Align.LEFT),
        Column("ring", "ring"),
        Column("pool", "pool", align=Align.LEFT),
        Column("begins", "begins", align=Align.LEFT),
        Column("users", "users who have it then"),
    )
    rows = tuple(
        Row(
            f"{one.image}/{one.pool}",
            (
                words(one.image),
                words(f"{one.ring} of {one.rings}"),
                words(one.pool),
                words(_begins(one)),
                share(one.users_share),
            ),
        )
        for one in releases
    )
    emergency, bake = recovery.emergency_share, recovery.ring_bake_h
    marks = tuple(f" {ASSUMED}" if belief.assumed else "" for belief in (emergency, bake))
    note = (
        f"emergency fixes bypass the rings and reach everybody at once: {share(emergency.value).text}{marks[0]} of releases; "
        f"a ring is watched for {hours(bake.value).text}{marks[1]}"
    )
    return Table(f"{topology}: the next release", columns, rows, (note,))


def _begins(one: RingRelease) -> str:
    if one.begins is None:
        return "never: no common window outside freeze periods"
    return f"{one.begins.astimezone(ZoneInfo(one.zone)):%a %Y-%m-%d %H:%M} {one.zone}"
