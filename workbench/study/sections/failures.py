"""[failures] and incidents.csv: what breaks, how often, for how long."""

from datetime import UTC, datetime
from itertools import accumulate

from models.topology.resources import Layer
from workbench.study.cells import words
from workbench.study.durations import hours
from workbench.study.estate import Failure, Incident
from workbench.study.findings import RuleError
from workbench.study.section import Section
from workbench.study.values import flag, positive, positive_real, real, suggestion, text

DOMAINS = (
    *(layer.value for layer in Layer),
    "node",
    "zone",
    "region",
    "release",
    "configuration",
    "control plane",
    "backup store",
    "overload",
    "provider",
    "identity provider",
    "network",
)
"""What can fail: an instance of a layer, or something several of them stand on."""

_EXAMPLE = '{ rate = 0.3, evidence = 2, outage = "1 h", source = "assumption" }'


def read_failures(section: Section) -> tuple[Failure, ...]:
    """Return the failure rates; without any, expected losses stay unknown, which is a warning."""
    if not section.names:
        section.warn("node", "is missing: expected losses stay unknown", f"e.g. node = {_EXAMPLE}")
    for domain in section.names:
        if domain not in DOMAINS:
            section.reject(domain, "is no failure domain", suggestion(domain, DOMAINS) or f"use one of {', '.join(DOMAINS)}")
    return tuple(_failure(section.child(domain), domain) for domain in section.names)


def read_incident(section: Section, tenants: frozenset[str] | None) -> Incident | None:
    """Return one incident, or None when something of it is wrong or missing; `tenants` None: they could not be read."""
    for key, example in (("start", "2026-03-02T08:10:00Z"), ("end", "2026-03-02T09:00:00Z"), ("domain", "release")):
        section.require(key, example)
    start, end = section.read("start", moment, None), section.read("end", moment, None)
    domain = section.read("domain", _domain, None)
    cause = section.read("cause", text, "")
    hit = section.read("tenants", _names, ())
    unknown = [name for name in hit if tenants is not None and name not in tenants]
    if unknown:
        section.reject("tenants", f"names who is no tenant: {', '.join(unknown)}", suggestion(unknown[0], tenants or ()))
    if start is None or end is None or domain is None:
        return None
    if end <= start:
        section.reject("end", "must be after start", f"which is {start.isoformat()}")
    return Incident(start, end, cause, domain, hit)


def moment(value: object) -> datetime:
    """Return a moment in UTC; one without an offset is taken as UTC."""
    found = value if isinstance(value, datetime) else None
    if found is None:
        try:
            found = datetime.fromisoformat(words(value) or "")
        except ValueError:
            raise RuleError("is no moment", "e.g. 2026-03-02T08:10:00Z") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _failure(section: Section, domain: str) -> Failure:
    for key, example in (
        ("rate", "rate = 0.3"),
        ("evidence", "evidence = 2"),
        ("outage", 'outage = "1 h"'),
        ("source", 'source = "assumption"'),
    ):
        section.require(key, example)
    source = section.read("source", text, "")
    return Failure(
        domain=domain,
        rate_per_year=section.read("rate", real, 0.0),
        evidence_years=section.read("evidence", positive_real, 1.0),
        outage_h=section.read("outage", hours, 0.0),
        source=source,
        rings=_rings(section),
        # Only what the user's own log or the user's own word confirms is more than a belief.
        assumed=section.read("assumed", flag, not source.lower().startswith("own")),
    )


def _rings(section: Section) -> tuple[float, ...]:
    """Return cumulative shares from the sizes of the rings, which add up to one."""
    sizes = section.listed("rings", positive)
    if sizes and sum(sizes) != 1:
        section.reject("rings", f"must add up to 1 and adds up to {sum(sizes)}", "e.g. rings = [0.1, 0.3, 0.6]")
        return ()
    return tuple(float(total) for total in accumulate(sizes))


def _domain(value: object) -> str:
    found = text(value)
    if found not in DOMAINS:
        raise RuleError("is no failure domain", suggestion(found, DOMAINS) or f"use one of {', '.join(DOMAINS)}")
    return found


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(text(item) for item in value)
    separator = "|" if "|" in text(value) else ";" if ";" in text(value) else ","
    return tuple(part.strip() for part in text(value).split(separator) if part.strip())
