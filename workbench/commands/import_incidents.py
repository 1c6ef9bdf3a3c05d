"""Incidents into the study: checked against it, each kept once, and what they do to the failure rates."""

import csv
import io
from dataclasses import replace
from pathlib import Path

from workbench.pipeline.failures import DomainRate, failure_rates
from workbench.sources.files import BadFile, read_incidents
from workbench.sources.files.ledgers import IncidentRow
from workbench.study.atomic import write_whole
from workbench.study.estate import Incident, Study
from workbench.study.sections.failures import DOMAINS
from workbench.study.values import suggestion

COLUMNS = ("start", "end", "cause", "domain", "tenants")
FILE = "incidents.csv"


def checked_incidents(study: Study, path: Path) -> tuple[IncidentRow, ...]:
    """Return the incidents of a file; raise BadFile if one names a domain or a tenant that the study does not know."""
    rows = read_incidents(path)
    names = {tenant.name for tenant in study.tenants}
    complaints = []
    for row in rows:
        what = f" incident of {row.start.isoformat()}:"
        if row.domain not in DOMAINS:
            fix = suggestion(row.domain, DOMAINS) or f"use one of {', '.join(DOMAINS)}"
            complaints.append(f"{what} {row.domain!r} is no failure domain: {fix}")
        strangers = [name for name in row.tenants if name not in names]
        if strangers:
            complaints.append(f"{what} names who is no tenant: {', '.join(strangers)} {suggestion(strangers[0], names)}".rstrip())
    if complaints:
        raise BadFile(path, complaints)
    return rows


def keep_incidents(study: Study, path: Path) -> tuple[int, str]:
    """Add the incidents that incidents.csv does not have yet; return how many, and what they do to the rates in words."""
    target = study.folder / FILE
    rows = checked_incidents(study, path)
    known = {_key(row) for row in read_incidents(target)} if target.exists() else set()
    new = []
    for row in rows:
        if _key(row) not in known:
            known.add(_key(row))
            new.append(row)
    if new or not target.exists():
        old = target.read_text(encoding="utf-8") if target.exists() else ",".join(COLUMNS) + "\n"
        write_whole(target, old + ("" if old.endswith("\n") else "\n") + _lines(new))
    return len(new), _learned(study, new)


def _key(row: IncidentRow) -> tuple[object, ...]:
    return row.start, row.end, row.domain, frozenset(row.tenants)


def _lines(rows: list[IncidentRow]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([row.start.isoformat(), row.end.isoformat(), row.cause, row.domain, "|".join(row.tenants)])
    return out.getvalue()


def _learned(study: Study, new: list[IncidentRow]) -> str:
    """Return the rates that move, with their ranges; without `as_of` the years of the log are not known here."""
    reads = f'study.toml reads them with incidents = "{FILE}" in [study]'
    if not new or study.as_of is None:
        return reads
    added = tuple(Incident(row.start, row.end, row.cause, row.domain, row.tenants) for row in new)
    before = failure_rates(study)
    after = failure_rates(replace(study, incidents=(*study.incidents, *added)))
    moved = [_moved(before[domain], after[domain]) for domain in sorted({row.domain for row in new}) if domain in after]
    idle = sorted({row.domain for row in new} - set(after))
    if idle:
        moved.append(f"no rate learns from {', '.join(idle)}: add them to [failures]")
    return "; ".join([*moved, reads])


def _moved(before: DomainRate, after: DomainRate) -> str:
    rate = after.rate
    span = f"({rate.low_per_year:.2f} to {rate.high_per_year:.2f})"
    return f"{after.failure.domain}: {before.rate.mean_per_year:.2f} a year becomes {rate.mean_per_year:.2f} {span}"
