"""Noisy neighbours and crawlers: which shared pools run over, who does it, who suffers."""

from collections.abc import Sequence
from math import isinf

from workbench.pipeline.crawlers import CRAWLER_PER_S, POLICY, CrawlerRisk
from workbench.pipeline.neighbours import Neighbours
from workbench.views.cell import Align, Column, Row, Table
from workbench.views.text import hours, number, resource_name, share, words

MOST_NAMED = 3
"""Tenants named on each side."""


def neighbours_table(topology: str, found: Sequence[Neighbours], tenants: Sequence[str], months: Sequence[str]) -> Table:
    """Return shared pools by the probability to run over in their worst month; `months` names the months of the horizon."""
    columns = (
        Column("pool", "shared pool", align=Align.LEFT),
        Column("probability", "runs over"),
        Column("month", "in", align=Align.LEFT),
        Column("resource", "on", align=Align.LEFT),
        Column("now", "this month"),
        Column("culprits", "culprits (less, if it leaves)", align=Align.LEFT),
        Column("victims", "victims (others alone do it)", align=Align.LEFT),
    )
    rows = tuple(
        Row(
            one.pool,
            (
                words(one.pool),
                share(one.probability),
                words(months[one.month] if one.probability > 0 else ""),
                words(resource_name(one.resource)),
                share(one.now),
                words(_named(one.culprits, tenants)),
                words(_named(one.victims, tenants)),
            ),
        )
        for one in found
    )
    note = "probability that a month's largest demand exceeds what the pool carries as planned, over joint paths"
    nobody = "no production pool is shared, or no limit of one is known"
    return Table(f"{topology}: noisy neighbours", columns, rows, (note,) if rows else (nobody,))


def _named(found: Sequence[tuple[int, float]], tenants: Sequence[str]) -> str:
    named = ", ".join(f"{tenants[tenant]} {share(value).text}" for tenant, value in found[:MOST_NAMED])
    more = len(found) - MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


def crawlers_table(topology: str, found: Sequence[CrawlerRisk]) -> Table:
    """Return shared caches under a crawler that opens a new session with every page."""
    columns = (
        Column("pool", "shared cache", align=Align.LEFT),
        Column("tenants", "tenants"),
        Column("users", "users logged out"),
        Column("share", "share of users"),
        Column("full", "full after"),
        Column("lost", "others' sessions lost then"),
    )
    rows = tuple(
        Row(
            one.pool,
            (
                words(one.pool),
                number(float(len(one.tenants))),
                number(one.users),
                share(one.users_share),
                words("never") if isinf(one.hours_until_full) else hours(one.hours_until_full),
                share(one.lost_share),
            ),
        )
        for one in found
    )
    note = f"a crawler at one tenant that opens {CRAWLER_PER_S:g} sessions a second (assumed), keys thrown out by {POLICY} (assumed)"
    return Table(f"{topology}: a crawler fills the session cache", columns, rows, (note,) if rows else ("no cache is shared",))
