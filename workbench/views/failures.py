"""What is believed of failures, what the incident log made of it, and what hits every topology alike."""

from collections.abc import Sequence

from workbench.pipeline.failures import DomainRate
from workbench.pipeline.incidents import IncidentKind
from workbench.pipeline.risk_details import Apart
from workbench.study.recovery import Belief, Recovery
from workbench.views.cell import ASSUMED, Align, Cell, Column, Row, Table
from workbench.views.text import about, count, day, hours, number, share, span, unknown, words

NO_LOG = 'no incident log: `workbench import incidents.csv` and incidents = "incidents.csv" in [study] let the rates learn'
_NAMES = {
    "detect_h": "hours until somebody notices",
    "decide_h": "hours until it is decided what to do",
    "promote_h": "hours until a standby serves",
    "failover_works": "a standby takes over when it should",
    "both_fail": "failures that take the standby along",
    "restore_bytes_per_s": "speed of a restore",
    "replication_lag_h": "data a failover loses",
    "ring_detection": "a ring shows a bad release",
    "ring_bake_h": "a ring is watched for",
    "emergency_share": "releases that bypass the rings",
    "release_common_cause": "bad releases that hit all rings at once",
}


def rates_table(rates: Sequence[DomainRate]) -> Table:
    """Return the failure rates before and after the incident log was counted, with 90 % ranges."""
    columns = (
        Column("domain", "what fails", align=Align.LEFT),
        Column("rate", "a year"),
        Column("range", "90 %"),
        Column("events", "incidents"),
        Column("exposure", "in years"),
        Column("prior", "believed"),
        Column("prior_range", "90 %"),
        Column("outage", "down for"),
        Column("source", "source", align=Align.LEFT),
    )
    rows = tuple(Row(one.failure.domain, _rate_cells(one)) for one in rates)
    empty = "[failures] is empty: expected losses stay unknown"
    learned = "believed: the study's own prior; a year: after the incidents seen in so many instance-years (gamma posterior)"
    return Table("failure rates per instance", columns, rows, (learned,) if rows else (empty,))


def _rate_cells(one: DomainRate) -> tuple[Cell, ...]:
    mark = ASSUMED if one.assumed else ""
    return (
        words(one.failure.domain),
        number(one.rate.mean_per_year, "a year", mark=mark, digits=2),
        words(span(f"{one.rate.low_per_year:.2f}", f"{one.rate.high_per_year:.2f}")),
        count(one.rate.events),
        number(one.rate.exposure_years, "years", digits=1),
        number(one.prior.mean_per_year, "a year", digits=2),
        words(span(f"{one.prior.low_per_year:.2f}", f"{one.prior.high_per_year:.2f}")),
        hours(one.failure.outage_h),
        words(one.failure.source),
    )


def incidents_table(kinds: Sequence[IncidentKind]) -> Table:
    """Return the incident log by kind: how many, how long, whom, when, and whether a rate learns from them."""
    columns = (
        Column("domain", "incidents", align=Align.LEFT),
        Column("events", "events"),
        Column("mean", "mean"),
        Column("longest", "longest"),
        Column("tenants", "tenants hit"),
        Column("last", "last"),
        Column("usual", "mostly begin", align=Align.LEFT),
        Column("counted", "", align=Align.LEFT),
        Column("cause", "cause of the longest", align=Align.LEFT),
    )
    rows = tuple(
        Row(
            one.domain,
            (
                words(one.domain),
                count(one.events),
                hours(one.mean_h),
                hours(one.longest_h),
                count(one.tenants),
                day(one.last),
                words(one.usual),
                words("counted" if one.counted else "no rate learns from it"),
                words(one.cause),
            ),
        )
        for one in kinds
    )
    return Table("incident pattern", columns, rows, () if rows else (NO_LOG,))


def beliefs_table(recovery: Recovery) -> Table:
    """Return what recovery takes, with the source of each value."""
    columns = (Column("belief", "recovery", align=Align.LEFT), Column("value", "value"), Column("source", "source", align=Align.LEFT))
    rows = tuple(Row(name, (words(_NAMES[name]), _belief(name, belief), words(belief.source))) for name, belief in recovery.beliefs)
    note = f'{ASSUMED}: believed until [recovery] holds a value with a source of your own, such as "own restore test, 2026-09"'
    return Table("what recovery takes", columns, rows, (note,))


def _belief(name: str, belief: Belief) -> Cell:
    mark = ASSUMED if belief.assumed else ""
    if name.endswith("_h"):
        return Cell(belief.value, hours(belief.value).text, "h", mark=mark)
    if name.endswith("_bytes_per_s"):
        return Cell(belief.value, f"{belief.value / 1e6:,.0f} MB/s", "bytes/s", mark=mark)
    return share(belief.value, mark=mark)


def apart_table(apart: Sequence[Apart], currency: str) -> Table:
    """Return what hits every topology alike: no partition helps, so it stands apart from every comparison."""
    columns = (
        Column("domain", "hits every topology alike", align=Align.LEFT),
        Column("rate", "events a year"),
        Column("outage", "down for"),
        Column("users", "users"),
        Column("loss", f"loss of an event, {currency}"),
    )
    rows = tuple(Row(one.domain, _apart_cells(one, currency)) for one in apart)
    return Table("apart from every comparison", columns, rows, ("a rate that nobody gave is unknown, not zero",))


def _apart_cells(one: Apart, currency: str) -> tuple[Cell, ...]:
    if one.rate is None:
        return words(one.domain), unknown("no rate"), unknown(), number(one.users), unknown()
    mark = ASSUMED if one.rate.assumed else ""
    return (
        words(one.domain),
        number(one.rate.rate.mean_per_year, "a year", mark=mark, digits=3),
        hours(one.rate.failure.outage_h),
        number(one.users),
        about(one.loss_per_event, currency),
    )
