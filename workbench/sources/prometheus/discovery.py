"""What a server offers: which canonical series it can fill, for whom, and what is missing."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.sources.catalogue import Catalogue, SeriesRule
from workbench.sources.labels import claims, host_of
from workbench.sources.prometheus.answer import NATIVE, NATIVE_FIX
from workbench.sources.prometheus.frames import ignored, subject_of
from workbench.sources.prometheus.library import instant, label_values, metric_kinds, metric_names
from workbench.sources.prometheus.session import Server

MANY = 1_000
"""More label sets than this are not pulled raw: a day of them, scraped each 15 s, is 100 MB."""


@dataclass(frozen=True, slots=True)
class Found:
    """A canonical series that the server has."""

    rule: SeriesRule
    subjects: tuple[str, ...]
    """Tenants, or "@" and the server."""
    values: tuple[str, ...]
    """Label values behind them."""
    label_sets: int
    """Time series behind it at the end of the period."""
    also: tuple[str, ...] = ()
    """Other exporters that say it too and are not read."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A canonical series that the server does not have."""

    series: str
    looked_for: tuple[str, ...]
    """Metrics of the catalogue."""
    limits: tuple[str, ...]
    """Models that can say less without it."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LabelFinding:
    """A label value that not exactly one tenant claims, or a tenant that several values claim."""

    label: str
    values: tuple[str, ...]
    names: tuple[str, ...]
    series: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What `check` and `init` say about a Prometheus."""

    source: str
    metrics: int
    found: tuple[Found, ...]
    missing: tuple[Missing, ...]
    twice: tuple[LabelFinding, ...]
    """Values that two tenants claim."""
    nobody: tuple[LabelFinding, ...]
    """Values that no tenant claims."""
    shared: tuple[LabelFinding, ...]
    """Tenants that several values of one label claim: their samples are added up."""
    warnings: tuple[str, ...] = ()

    @property
    def tenants(self) -> tuple[str, ...]:
        """Every tenant found."""
        return tuple(sorted({subject for entry in self.found for subject in entry.subjects if not subject.startswith("@")}))

    @property
    def by_steps(self) -> frozenset[str]:
        """Series of so many label sets (a core and a mode each, say) that the server should add them up even for recent days."""
        return frozenset(entry.rule.series for entry in self.found if entry.label_sets > MANY)

    @property
    def rules(self) -> tuple[SeriesRule, ...]:
        """What to pull."""
        return tuple(entry.rule for entry in self.found)


def discover(server: Server, catalogue: Catalogue, start_ms: int, end_ms: int) -> Discovery:
    """Return what the server has in a period, by the catalogue and the source's label rules."""
    names = metric_names(server, start_ms, end_ms)
    found: list[Found] = []
    missing: list[Missing] = []
    values: dict[SeriesRule, tuple[str, ...]] = {}
    for series in catalogue.series:
        present = [rule for rule in catalogue.of(series) if names.issuperset(rule.metrics)]
        for rule in present:
            values[rule] = _values(server, rule, start_ms, end_ms)
        filled = [rule for rule in present if values[rule]]
        if filled:
            also = tuple(dict.fromkeys(rule.exporter for rule in filled[1:] if rule.exporter != filled[0].exporter))
            rule = filled[0]
            found.append(Found(rule, _subjects(server, rule, values[rule]), values[rule], _label_sets(server, rule, end_ms), also))
        else:
            missing.append(_missing(series, catalogue, names))
    findings = _findings(server, found)
    return Discovery(server.connection.name, len(names), tuple(found), tuple(missing), *findings, _warnings(server, names, found))


def _values(server: Server, rule: SeriesRule, start_ms: int, end_ms: int) -> tuple[str, ...]:
    found = {value for selector in rule.selectors for value in label_values(server, rule.label, selector, start_ms, end_ms)}
    return tuple(sorted(value for value in found if value and not ignored(rule, value)))


def _label_sets(server: Server, rule: SeriesRule, end_ms: int) -> int:
    counts = [instant(server, f"count(last_over_time({selector}[1h]))", end_ms) for selector in rule.selectors]
    return sum(int(tracks[0].value[0]) for tracks in counts if tracks)


def _subjects(server: Server, rule: SeriesRule, values: tuple[str, ...]) -> tuple[str, ...]:
    subjects = {subject_of(server.connection, rule, {rule.label: value}) for value in values}
    return tuple(sorted(subject for subject in subjects if subject is not None))


def _missing(series: str, catalogue: Catalogue, names: frozenset[str]) -> Missing:
    rules = catalogue.of(series)
    metrics = tuple(dict.fromkeys(metric for rule in rules for metric in rule.metrics))
    native = [base for base in (metric.removesuffix("_bucket") for metric in metrics if metric.endswith("_bucket")) if base in names]
    note = f"{native[0]} {NATIVE}: {NATIVE_FIX}" if native else ""
    return Missing(series, metrics, tuple(dict.fromkeys(limit for rule in rules for limit in rule.limits)), note)


def _findings(server: Server, found: list[Found]) -> tuple[tuple[LabelFinding, ...], tuple[LabelFinding, ...], tuple[LabelFinding, ...]]:
    names: dict[tuple[str, str], tuple[str, ...]] = {}
    series: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in found:
        for value in entry.values:
            key = (entry.rule.label, value)
            names[key] = _names(server, entry.rule, value)
            series[key].append(entry.rule.series)
    twice = [
        LabelFinding(label, (value,), names[label, value], tuple(series[label, value]))
        for label, value in names
        if len(names[label, value]) > 1
    ]
    nobody = [LabelFinding(label, (value,), (), tuple(series[label, value])) for label, value in names if not names[label, value]]
    return tuple(twice), tuple(nobody), _shared(names, series)


def _names(server: Server, rule: SeriesRule, value: str) -> tuple[str, ...]:
    if rule.subject == "tenant":
        return claims(server.connection.tenant, rule.label, value, rule.pattern)
    if server.connection.server_of is not None:
        return (server.connection.server_of,)
    plain = server.connection.server.pattern is None
    return claims(server.connection.server, rule.label, host_of(value) if plain else value)


def _shared(names: Mapping[tuple[str, str], tuple[str, ...]], series: Mapping[tuple[str, str], list[str]]) -> tuple[LabelFinding, ...]:
    claimed: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for (label, value), owners in names.items():
        for one in series[label, value]:
            if owners and label != "instance":
                claimed[label, owners[0], one].append(value)
    merged: dict[tuple[str, str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (label, owner, one), several in claimed.items():
        if len(several) > 1:
            merged[label, owner, tuple(several)].append(one)
    return tuple(LabelFinding(label, several, (owner,), tuple(of)) for (label, owner, several), of in merged.items())


def _warnings(server: Server, names: frozenset[str], found: list[Found]) -> tuple[str, ...]:
    source = server.connection.name
    if not names:
        return (f"{source}: holds no samples in the period asked for: check that it scrapes, or ask for another period",)
    kinds = metric_kinds(server)
    odd = [
        f"{source}: {metric} is declared a {kinds[metric]}, and {entry.rule.series} reads it as a {entry.rule.kind}: check the catalogue"
        for entry in found
        for metric in entry.rule.metrics
        if kinds.get(metric, entry.rule.kind) in ({"gauge"} if entry.rule.kind == "counter" else {"counter"})
    ]
    return tuple(odd)
