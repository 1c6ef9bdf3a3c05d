"""What is different in an input: the facts that stand beside a step of a bridge."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from models.topology.demand import DRIVERS
from models.topology.resources import Driver
from pricing.price import Price
from workbench.pipeline.bridge_demand import growth_curves
from workbench.pipeline.session import Session
from workbench.study.edits import to_option

Said = Decimal | float | int | str | date | None
MONTHS_PER_YEAR = 12
MOST = 3
"""Names given before the rest is only counted."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was one way and is another; both None: `what` says it all."""

    what: str
    before: Said
    after: Said
    unit: str = ""


def facts_of(cause: str, before: Session, after: Session) -> tuple[Fact, ...]:
    """Return what differs between two sessions of which only the input `cause` was exchanged; nothing for the same session."""
    if before is after:
        return ()
    tell = {
        "actual demand": _demand, "tenants": _tenants, "growth fit": _growth, "prices": _prices, "exchange": _exchange, "policy": _policy,
    }  # fmt: skip
    return tell[cause](before, after)


def _demand(before: Session, after: Session) -> tuple[Fact, ...]:
    earlier, later = (float(session.mean_rate().sum()) for session in (before, after))
    facts = [Fact("requests in the last four weeks", earlier, later, "a second")]
    old, new = (session.window.month_start(0) for session in (before, after))
    if old != new:
        facts.append(Fact("the plan starts in", old, new))
    if before.study.events != after.study.events:
        facts.append(Fact("labels of the history", len(before.study.events), len(after.study.events)))
    return tuple(facts)


def _tenants(before: Session, after: Session) -> tuple[Fact, ...]:
    old, new = ({tenant.name: tenant for tenant in session.study.tenants} for session in (before, after))
    groups = {
        "new": [name for name in new if name not in old],
        "gone": [name for name in old if name not in new],
        "changed": [name for name in new if name in old and old[name] != new[name]],
    }
    facts = [Fact(f"{word}: {_named(names)}", None, None) for word, names in groups.items() if names]
    if before.study.topologies != after.study.topologies:
        facts.append(Fact("topologies are described anew", None, None))
    return tuple(facts)


def _growth(before: Session, after: Session) -> tuple[Fact, ...]:
    earlier, later = (_growth_a_month(session) for session in (before, after))
    return (Fact("requests of the busiest hours grow", earlier, later, "% a month"),)


def _growth_a_month(session: Session) -> float:
    """Return growth of the sum of the tenants' monthly peaks in per cent a month; over whole years, where the plan has one."""
    requests = growth_curves(session.demand)[DRIVERS.index(Driver.REQUESTS)].sum(axis=0)
    months = len(requests[: session.study.horizon_months + 1]) - 1
    span = months // MONTHS_PER_YEAR * MONTHS_PER_YEAR or months
    return float(100 * np.expm1(np.log(requests[span] / requests[0]) / span)) if span and requests[0] > 0 else float("nan")


def _prices(before: Session, after: Session) -> tuple[Fact, ...]:
    old, new = _by_subject(before), _by_subject(after)
    both = old.keys() & new.keys()
    moved = sorted((key for key in both if old[key].amount != new[key].amount), key=lambda key: (-_shift(old, new, key), key))
    facts = [
        Fact(f"{old[key].offer_id} per {old[key].unit} in {old[key].region}", old[key].amount, new[key].amount, new[key].currency)
        for key in moved[:MOST]
    ]
    rest = len(moved) - len(facts)
    more = {"more prices moved": rest, "prices are new": len(new.keys() - old.keys()), "prices are gone": len(old.keys() - new.keys())}
    facts += [Fact(f"{count} {what}", None, None) for what, count in more.items() if count]
    return tuple(facts) or (Fact("the same amounts with other dates or sources", None, None),)


def _by_subject(session: Session) -> Mapping[tuple[str, ...], Price]:
    return {
        (p.offer_id, p.region, p.unit, p.purchase, str(p.term_months), p.payment, p.component, str(p.tier_from), str(p.valid_from)): p
        for p in session.book.prices
    }


def _shift(old: Mapping[tuple[str, ...], Price], new: Mapping[tuple[str, ...], Price], key: tuple[str, ...]) -> Decimal:
    return abs(new[key].amount / old[key].amount - 1) if old[key].amount else Decimal(1)


def _exchange(before: Session, after: Session) -> tuple[Fact, ...]:
    old, new = ({one.currency: one.rate for one in session.study.money.exchange} for session in (before, after))
    into = after.study.money.currency
    moved = [Fact(f"one {code}", old.get(code), new.get(code), into) for code in sorted({*old, *new}) if old.get(code) != new.get(code)]
    return tuple(moved) or (Fact("the same rates with another day or source", None, None),)


_RULES = (
    "horizon_months", "seed", "money", "platform", "purchase", "policies", "users_share_limit",
    "labour", "failures", "recovery", "incidents",
)  # fmt: skip


def _policy(before: Session, after: Session) -> tuple[Fact, ...]:
    facts = []
    for name in _RULES:
        old, new = getattr(before.original, name), getattr(after.original, name)
        if old == new:
            continue
        inner = [one.name for one in fields(old) if getattr(old, one.name) != getattr(new, one.name)] if is_dataclass(old) else []
        facts += [Fact(f"{name} {one}".replace("_", " "), *_plain(getattr(old, one), getattr(new, one))) for one in inner]
        facts += [] if inner else [Fact(name.replace("_", " "), *_plain(old, new))]
    facts += [Fact(f"no longer: {to_option(edit)}", None, None) for edit in before.edits if edit not in after.edits]
    facts += [Fact(f"edit: {to_option(edit)}", None, None) for edit in after.edits if edit not in before.edits]
    return tuple(facts)


def _plain(old: object, new: object) -> tuple[Said, Said]:
    """Return two values if they can be said in a word, else nothing."""
    simple = (Decimal, float, int, str, date)
    return (old if isinstance(old, simple) else None, new if isinstance(new, simple) else None)


def _named(names: list[str]) -> str:
    shown = ", ".join(names[:MOST])
    return shown if len(names) <= MOST else f"{shown} and {len(names) - MOST} more"
