"""What the incident log shows: what fails, how long, when, and what no rate counts."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from workbench.study.estate import Incident, Study

APART = ("region", "provider", "identity provider", "network")
"""Domains that hit every topology alike: their rates are said apart and enter no comparison."""


@dataclass(frozen=True, slots=True)
class IncidentKind:
    """All incidents of one domain."""

    domain: str
    events: int
    mean_h: float
    longest_h: float
    tenants: int
    """Tenants hit at least once."""
    last: date
    """UTC day on which the last one began."""
    usual: str
    """Weekday and six hours of the day (UTC) in which most of them began."""
    cause: str
    """The longest one's, as written."""
    counted: bool
    """Whether a rate in [failures] learns from them."""


def incident_kinds(study: Study) -> tuple[IncidentKind, ...]:
    """Return the incidents by domain, the most frequent first."""
    known = {failure.domain for failure in study.failures}
    by_domain: dict[str, list[Incident]] = {}
    for incident in study.incidents:
        by_domain.setdefault(incident.domain, []).append(incident)
    found = [_kind(domain, rows, domain in known) for domain, rows in by_domain.items()]
    return tuple(sorted(found, key=lambda one: (-one.events, -one.longest_h, one.domain)))


def _kind(domain: str, rows: list[Incident], counted: bool) -> IncidentKind:
    lengths = [hours_of(one) for one in rows]
    longest = max(rows, key=hours_of)
    last = max(one.start for one in rows).date()
    hit = {name for one in rows for name in one.tenants}
    return IncidentKind(domain, len(rows), sum(lengths) / len(rows), max(lengths), len(hit), last, _usual(rows), longest.cause, counted)


def hours_of(incident: Incident) -> float:
    """Return how long an incident took in hours."""
    return (incident.end - incident.start).total_seconds() / 3600


def _usual(rows: list[Incident]) -> str:
    counts = Counter((one.start.weekday(), one.start.hour // 6) for one in rows)
    (weekday, quarter), events = min(counts.items(), key=lambda item: (-item[1], item[0]))
    if len(rows) > 1 and events == 1:
        return "no pattern"
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return f"{days[weekday]} {6 * quarter:02d}-{6 * quarter + 6:02d} UTC"
