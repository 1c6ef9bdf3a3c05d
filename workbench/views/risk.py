"""What fails together, how often, what it costs, and what is broken."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.domains import Domain
from workbench.views.cell import ASSUMED, Align, Cell, Column, Row, Table
from workbench.views.text import about, count, hours, number, share, unknown, words

HARDWARE = (
    "for independent faults of hardware, sharing does not change the expected hours down: it changes the worst case, the spread, "
    "releases, noisy neighbours and the time of a restore"
)
NO_USERS = "the study has no production users: nothing to lose"
_DOMAINS = (
    Column("domain", "failure domain", align=Align.LEFT),
    Column("share", "users"),
    Column("outage", "down for"),
    Column("rate", "a year"),
    Column("tenants", "tenants"),
    Column("users", "users"),
    Column("user_hours", "user-hours a year"),
    Column("kind", "kind", align=Align.LEFT),
)


def domains_table(comparison: Comparison, topology: str) -> Table:
    """Return the failure domains of a topology, those that take most users first."""
    result = comparison.result(topology)
    title = f"{topology}: what breaks together"
    if result.risk is None:
        return Table(title, _DOMAINS, (), (NO_USERS,))
    users = comparison.factory.sizer.rows.users
    ranked = sorted(result.risk.domains, key=lambda one: (-float(users[list(one.tenants)].sum()), one.name))
    rows = tuple(Row(domain.name, _domain_cells(comparison, domain)) for domain in ranked)
    notes = [f"no failure rate for {kind}: not counted, not zero; add it to [failures]" for kind in result.risk.uncounted]
    notes.append("region, provider, identity and DNS hit every topology alike and stand in a table of their own")
    notes.append(f"{ASSUMED}: no incident or test of your own stands behind the figure; [failures] and [recovery] hold what is believed")
    notes.append(HARDWARE)
    return Table(title, _DOMAINS, rows, tuple(notes))


def _domain_cells(comparison: Comparison, domain: Domain) -> tuple[Cell, ...]:
    users = comparison.factory.sizer.rows.users
    down = float(users[list(domain.tenants)].sum())
    total = float(users.sum())
    mark = ASSUMED if domain.assumed else ""
    return (
        words(domain.name),
        share(down / total if total > 0 else None),
        Cell(domain.outage_h, hours(domain.outage_h).text, "h", mark=ASSUMED if domain.route.assumed else ""),
        number(domain.rate_per_year, "a year", mark=mark, digits=2),
        count(len(domain.tenants)),
        number(down),
        number(domain.rate_per_year * domain.outage_h * down, "user-hours", mark=mark, digits=1),
        words(domain.kind),
    )


def loss_table(comparison: Comparison) -> Table:
    """Return the distribution of a year's loss and the blast radius, a column a topology."""
    columns = (
        Column("figure", f"a year, {comparison.currency}", align=Align.LEFT),
        *(Column(one.name, one.name) for one in comparison.results),
    )
    rows = tuple(Row(key, (words(title), *_loss_cells(comparison, key))) for key, title in _LOSS)
    return Table("loss and blast radius", columns, rows)


_LOSS = (
    ("mean", "expected loss"),
    ("none", "a year without loss"),
    ("p95", "bad year: 19 of 20 stay below"),
    ("cvar95", "mean of the worst year in 20"),
    ("worst_share", "worst share of users"),
    ("mean_share", "mean share of users, per event"),
    ("size_biased", "share down as an affected user meets it"),
    ("cells", "effective cells, by users of databases (1/H)"),
    ("user_hours", "lost user-hours"),
    ("availability_worst", "availability, worst tenant"),
    ("availability_mean", "availability, mean by users"),
)


def _loss_cells(comparison: Comparison, key: str) -> list[Cell]:
    cells = []
    for result in comparison.results:
        risk = result.risk
        if risk is None:
            cells.append(unknown("no production users"))
            continue
        loss, radius, currency = risk.loss, risk.radius, comparison.currency
        origin = comparison.origins.get("expected_loss_monthly")
        cells.append(
            {
                "mean": about(None if loss is None else loss.mean, currency, origin),
                "none": share(None if loss is None else loss.none, origin),
                "p95": about(None if loss is None else loss.p95, currency, origin),
                "cvar95": about(None if loss is None else loss.cvar95, currency, origin),
                "worst_share": share(radius.worst_share, comparison.origins.get("blast_radius")),
                "mean_share": share(radius.mean_share, comparison.origins.get("blast_radius")),
                "size_biased": share(radius.size_biased_share, comparison.origins.get("blast_radius")),
                "cells": number(risk.effective_cells, "cells", comparison.origins.get("blast_radius"), digits=1),
                "user_hours": number(radius.lost_user_hours_per_year, "user-hours", comparison.origins.get("availability")),
                "availability_worst": share(float(risk.availability.min(initial=1.0)), comparison.origins.get("availability"), digits=4),
                "availability_mean": share(risk.availability_mean, comparison.origins.get("availability"), digits=4),
            }[key]
        )
    return cells
