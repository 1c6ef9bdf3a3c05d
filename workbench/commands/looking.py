"""Look at a Prometheus before there is a study: whom its labels name, what runs there, what cannot be named."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.commands.naming import guess_rule
from workbench.commands.pulling import period_of
from workbench.sources.catalogue import load_catalogue
from workbench.sources.labels import LabelRule, name_of
from workbench.sources.prometheus import Discovery, PoolDraft, PrometheusConnection, discover, draft_pools, open_server

LOOK_BACK_DAYS = 1.0


@dataclass(frozen=True, slots=True)
class Looked:
    """What a Prometheus shows."""

    tenants: tuple[str, ...] = ()
    pools: tuple[PoolDraft, ...] = ()
    notes: tuple[str, ...] = ()
    rule: LabelRule = field(default_factory=LabelRule)
    """How one label names tenants, where others name them plainly."""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Label to its values, as far as they may name tenants."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Whom one value of a label stands for."""

    label: str
    value: str
    tenant: str | None
    """None: nobody claims it."""


def look(url: str, now_ms: int, rule: LabelRule | None = None) -> Looked:
    """Return what a Prometheus shows of the last day; without a rule, tenants are named by the one that fits best."""
    period, catalogue = period_of(now_ms, LOOK_BACK_DAYS), load_catalogue()
    with open_server(PrometheusConnection("prometheus", url)) as server:
        values = _values_by_label(discover(server, catalogue, period.start_ms, now_ms))
    used = guess_rule(values) if rule is None else rule
    with open_server(PrometheusConnection("prometheus", url, tenant=used)) as server:
        found = discover(server, catalogue, period.start_ms, now_ms)
        drafts = draft_pools(server, catalogue, now_ms)
    notes = [f"{used.label} reads as {used.pattern}: change it in [[sources]] if it is wrong"] if used.pattern is not None else []
    notes += [f"{one.label}={one.values[0]!r} belongs to no tenant: set the tenant pattern of the source" for one in found.nobody]
    notes += [f"no {one.series}: {', '.join(one.limits)}" for one in found.missing if one.limits]
    return Looked(found.tenants, drafts, tuple(notes), used, values)


def readings(values: Mapping[str, Sequence[str]], rule: LabelRule) -> tuple[Reading, ...]:
    """Return whom every value stands for under a rule, label by label."""
    return tuple(Reading(label, value, name_of(rule, label, value)) for label, held in sorted(values.items()) for value in sorted(held))


def _values_by_label(found: Discovery) -> dict[str, tuple[str, ...]]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for one in found.found:
        if one.rule.subject == "tenant":
            names[one.rule.label].update(one.subjects)
    return {label: tuple(sorted(held)) for label, held in names.items()}
