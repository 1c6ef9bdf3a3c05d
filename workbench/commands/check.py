"""`check`: is the study whole, is the history good, do the sources answer, can the prices be believed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.commands.connections import postgres_of, prometheus_of
from workbench.commands.prices import check_prices
from workbench.commands.pulling import period_of
from workbench.exports.documents import json_text
from workbench.history import History, open_history
from workbench.history.quality import SeriesQuality, quality
from workbench.pipeline.calendar_months import last_day_of
from workbench.pipeline.observed import LEAST_HOURS
from workbench.pipeline.session import Progress
from workbench.sources.catalogue import load_catalogue
from workbench.sources.errors import SourceError, SourceUnreachable
from workbench.sources.postgres import tenant_databases
from workbench.sources.prometheus import Discovery, discover, open_server
from workbench.study.estate import Study
from workbench.study.findings import StudyErrors
from workbench.study.source_specs import SourceSpec
from workbench.study.toml import inspect_study

Severity = Literal["error", "warning", "note"]
LOOK_BACK_DAYS = 2.0
"""Days of a Prometheus that are looked at: what scrapes now."""
SHORT_DAYS = 90
LOW_COVERAGE = 0.9


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What to check."""

    now_ms: int
    """Milliseconds since 1970 UTC: how old the data are."""
    sources: bool = True
    """Whether sources are asked; without, only what is on disk."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing found."""

    area: str
    """study, history, source NAME, labels, models or prices."""
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All that was found."""

    study: str
    findings: tuple[Checked, ...]
    quality: tuple[SeriesQuality, ...]
    unreachable: bool
    """Whether a source could not be reached."""

    @property
    def answered(self) -> bool:
        """Whether no error was found."""
        return not any(one.severity == "error" for one in self.findings)


def check(folder: Path, options: CheckOptions, progress: Progress) -> CheckResult:
    """Return every finding about a study's folder; an unreadable study is a finding, not an exception."""
    progress("reading the study", 0.0)
    try:
        reading = inspect_study(folder)
    except StudyErrors as errors:
        found = tuple(Checked("study", "error" if one.severity == "error" else "warning", str(one)) for one in errors.findings)
        return CheckResult(folder.name, found, (), unreachable=False)
    study = reading.study
    findings = [Checked("study", "warning", str(one)) for one in reading.warnings]
    progress("looking at history", 0.2)
    history = open_history(study.folder / "history")
    states = quality(history)
    findings += _history(study, states, options.now_ms)
    findings += _unanswered(history, states)
    unreachable = False
    for index, source in enumerate(study.sources if options.sources else ()):
        progress(f"asking {source.name}", 0.4 + 0.5 * index / len(study.sources))
        try:
            findings += _source(study, source, options.now_ms)
        except SourceError as error:
            unreachable |= isinstance(error, SourceUnreachable)
            findings.append(Checked(f"source {source.name}", "error", str(error)))
    findings += _prices(study)
    progress("checked", 1.0)
    return CheckResult(study.name, tuple(findings), states, unreachable)


def _history(study: Study, states: tuple[SeriesQuality, ...], now_ms: int) -> Iterator[Checked]:
    stored = {one.subject: one for one in states if one.series == "requests"}
    requests = {name: one for name, one in stored.items() if one.samples}
    if not requests:
        yield Checked("history", "error", 'history holds no requests: run "workbench collect" or "workbench import FILE"')
        return
    if max(one.known_hours for one in requests.values()) < LEAST_HOURS:
        yield Checked("history", "error", f"no tenant has {LEAST_HOURS} known hours of requests: too little for any figure; collect more")
    for tenant in study.tenants:
        state = stored.get(tenant.name)
        if state is None and tenant.like is None:
            yield Checked(
                "history", "warning", f"{tenant.name}: no requests in history, it is not in the figures; collect it or give it a like"
            )
        elif state is not None:
            yield from _tenant_history(state, now_ms)
    strangers = sorted(set(stored) - {tenant.name for tenant in study.tenants})
    if strangers:
        yield Checked("history", "warning", f"in history but not in the study: {', '.join(strangers)}; add them to tenants.csv")


def _unanswered(history: History, states: tuple[SeriesQuality, ...]) -> Iterator[Checked]:
    """Yield what was asked for and answered with no number at all: an expression that is always NaN looks like silence."""
    known = {name for one in states if one.samples for name in (one.series, one.series.partition("@")[0])}
    silent: dict[str, list[str]] = {}
    for entry in history.manifest().entries:
        if entry.windows and entry.series not in known:
            silent.setdefault(entry.source, []).append(entry.series)
    for source, series in silent.items():
        yield Checked(
            "history",
            "warning",
            f"{source} was asked for {', '.join(series)} and answered without one number (nothing, or NaN all through): "
            "run the expression of the catalogue there; 0/0 and a label that is gone give this",
        )


def _tenant_history(state: SeriesQuality, now_ms: int) -> Iterator[Checked]:
    days = (state.last_ms - state.first_ms) / 86_400_000
    if not state.samples:
        yield Checked(
            "history", "warning", f"{state.subject}: requests are stored for {days:.0f} days, but none is a number (NaN); it is not in the "
            "figures: look at the expression that reads them"
        )  # fmt: skip
        return
    if state.known_hours < LEAST_HOURS:
        seen = f"{state.known_hours} known {'hour' if state.known_hours == 1 else 'hours'}"
        yield Checked(
            "history", "warning", f"{state.subject}: {seen} of requests, less than a day: it is not in the figures yet; collect more or "
            "give it a like"
        )  # fmt: skip
    elif days < SHORT_DAYS:
        yield Checked("history", "warning", f"{state.subject}: {days:.0f} days of requests; growth and seasons are wide below {SHORT_DAYS}")
    if state.coverage < LOW_COVERAGE:
        yield Checked("history", "warning", f"{state.subject}: only {100 * state.coverage:.1f} % of its hours are known")
    if state.outages:
        hours = sum(end - start for start, end in state.outages) / 3_600_000
        yield Checked("history", "note", f"{state.subject}: {hours:.0f} hours look like outages, not like low demand, and are left out")
    if state.resets_ms:
        yield Checked("history", "note", f"{state.subject}: {_resets(len(state.resets_ms))}, counted as what they are")
    late = (now_ms - state.last_ms) / 86_400_000
    if late > 2:
        yield Checked("history", "note", f"{state.subject}: last sample of {last_day_of(state.last_ms)}, {late:.0f} days ago")


def _resets(count: int) -> str:
    return f"{count} counter {'reset' if count == 1 else 'resets'}"


def _source(study: Study, source: SourceSpec, now_ms: int) -> Iterator[Checked]:
    area = f"source {source.name}"
    if source.kind == "prometheus":
        period = period_of(now_ms, LOOK_BACK_DAYS)
        with open_server(prometheus_of(study, source)) as server:
            yield from _discovery(area, discover(server, load_catalogue(source.catalogue), period.start_ms, period.end_ms))
    elif source.kind in {"postgres", "pg_profile"}:
        databases = tenant_databases(postgres_of(study, source))
        names = ", ".join(sorted(databases.values())) or "none: check the tenant pattern"
        yield Checked(area, "note" if databases else "warning", f"answers; databases of tenants: {names}")
    elif source.path is not None and not source.path.exists():
        yield Checked(area, "error", f"{source.path} does not exist: put the file there or take the source out of study.toml")


def _discovery(area: str, found: Discovery) -> Iterator[Checked]:
    tenants = ", ".join(found.tenants) or "none"
    yield Checked(
        area, "note" if found.tenants else "error", f"answers with {found.metrics} metrics; {len(found.found)} series for {tenants}"
    )
    for one in found.twice:
        yield Checked(
            "labels", "error", f"{one.label}={one.values[0]!r} is claimed by {' and '.join(one.names)}: narrow the tenant pattern"
        )
    for one in found.nobody:
        yield Checked("labels", "warning", f"{one.label}={one.values[0]!r} belongs to no tenant: add it to the pattern or to the map")
    for one in found.shared:
        yield Checked("labels", "note", f"{', '.join(one.values)} are all {one.names[0]}: their samples are added up")
    for missing in found.missing:
        limits = f"; without it: {', '.join(missing.limits)}" if missing.limits else ""
        note = f" ({missing.note})" if missing.note else ""
        yield Checked("models", "warning", f"no {missing.series}, looked for {', '.join(missing.looked_for)}{limits}{note}")
    for warning in found.warnings:
        yield Checked(area, "warning", warning)


def _prices(study: Study) -> Iterator[Checked]:
    day = study.as_of or open_history(study.folder / "history").last_complete_day()
    if day is None:
        return
    for one in check_prices(study, day).findings:
        yield Checked("prices", "error" if one.is_error else "warning", f"{one.doubt}: {one.text}")


def checked_json(result: CheckResult) -> str:
    """Return the findings as a document."""
    return json_text(
        {"study": result.study, "answered": result.answered, "findings": list(result.findings), "quality": list(result.quality)}
    )
