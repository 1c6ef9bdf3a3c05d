"""How each edit is written: its kind and, in order, its keys with what they hold."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.topology.resources import Layer
from workbench.study.cells import words
from workbench.study.durations import positive_seconds
from workbench.study.edits.amounts import change_factor, growth_per_month
from workbench.study.edits.demand_kinds import DAYS_PER_WEEK, ChangeGrowth, Jump, ScaleDriver, ScaleGrowth, SetWorkingDays
from workbench.study.edits.kinds import (
    AddTenant,
    Edit,
    LabelEvent,
    MergePools,
    MigrateTenant,
    MoveTenant,
    PinOffer,
    RemoveTenant,
    SetCache,
    SetFailureRate,
    SetObjective,
    SetPrice,
    SetReplicas,
    SetTtl,
    SetWorkers,
    SplitPool,
)
from workbench.study.estate import EVENT_KINDS
from workbench.study.findings import RuleError
from workbench.study.sections.events import day_or_moment
from workbench.study.sections.money import currency
from workbench.study.sections.topologies import layer
from workbench.study.sizes import size_bytes, size_text
from workbench.study.values import count, day, name, number, one_of, positive_real, probability, real, text

Value = str | int | float | Decimal | date | Layer | tuple[str, ...]
"""What a field of an edit holds."""


@dataclass(frozen=True, slots=True)
class Content:
    """A kind of value: how it is read and how it is written."""

    parse: Callable[[object], Value]
    write: Callable[[Value], str]
    """Text as in a cell, without quotes."""
    quoted: bool
    """Whether TOML puts it into quotes."""
    example: str


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an edit's table."""

    name: str
    attribute: str
    """Field of the edit's class."""
    content: Content
    required: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of edit."""

    kind: str
    edit: type[Edit]
    keys: tuple[Key, ...]
    """Required ones first, in the order of the shell option."""


def names(value: object) -> tuple[str, ...]:
    """Return several names from an array, or from one text with commas."""
    if isinstance(value, list):
        return tuple(name(item) for item in value)
    written = words(value)
    if not written:
        raise RuleError("must be an array of names", 'e.g. ["leipzig", "zwickau"]')
    return tuple(name(part) for part in written.split(","))


def bytes_or_size(value: object) -> int:
    """Return bytes from a size with its unit; zero is refused."""
    found = size_bytes(value)
    if found < 1:
        raise RuleError("must be above zero", 'e.g. "8 GiB"')
    return found


def _when_text(value: Value) -> str:
    """Return a day, or a moment with its offset and no blank, so that it is one word of a shell option."""
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else str(value)


NAME = Content(name, str, True, '"leipzig"')
NAMES = Content(names, lambda value: ",".join(value) if isinstance(value, tuple) else str(value), True, '["leipzig", "zwickau"]')
DAY = Content(day, str, False, "2027-04-01")
WHEN = Content(day_or_moment, _when_text, False, "2026-03-02")
EVENT_KIND = Content(one_of(*EVENT_KINDS), str, True, '"one-off"')
TEXT = Content(text, str, True, '"the crawler of March"')
FACTOR = Content(positive_real, str, False, "1.2")
CHANGE = Content(change_factor, str, False, "1.2")
PER_MONTH = Content(growth_per_month, str, False, '"+2 %/month"')
TIMES = Content(real, str, False, "0.5")
WEEKDAYS = Content(count, str, False, str(DAYS_PER_WEEK - 1))
KEEPING = Content(one_of("day", "week"), str, True, '"day"')
RATE = Content(real, str, False, "0.3")
SHARE = Content(probability, str, False, "0.95")
COUNT = Content(count, str, False, "12")
AMOUNT = Content(number, str, False, "0.412")
CURRENCY = Content(currency, str, True, '"EUR"')
SECONDS = Content(positive_seconds, lambda value: f"{value!r} s", True, '"800 ms"')
SIZE = Content(bytes_or_size, lambda value: size_text(int(str(value))), True, '"8 GiB"')
LAYER = Content(layer, str, True, '"database server"')

_TOPOLOGY = Key("topology", "topology", NAME)
_POOL = Key("pool", "pool", NAME)
_TENANT = Key("tenant", "tenant", NAME)
_WHOM = Key("tenant", "tenant", NAME, False)
_SINCE = Key("from", "start", DAY, False)
_CLASS = Key("environment", "environment", NAME, False)
_WHOM_AND_WHEN = (_WHOM, _SINCE, Key("until", "end", DAY, False), _CLASS)
_WHOSE_GROWTH = (_WHOM, Key("driver", "driver", NAME, False), _SINCE, _CLASS)

FORMS = (
    Form(
        "add-tenant",
        AddTenant,
        (_TENANT, Key("like", "like", NAME), Key("scale", "scale", FACTOR, False), Key("from", "start", DAY, False)),
    ),
    Form("remove-tenant", RemoveTenant, (_TENANT, Key("until", "end", DAY))),
    Form("migrate-tenant", MigrateTenant, (_TENANT, Key("from", "start", DAY))),
    Form("scale-driver", ScaleDriver, (Key("driver", "driver", NAME), Key("factor", "factor", CHANGE), *_WHOM_AND_WHEN)),
    Form("jump", Jump, (Key("factor", "factor", CHANGE), *_WHOM_AND_WHEN)),
    Form("change-growth", ChangeGrowth, (Key("by", "per_month", PER_MONTH), *_WHOSE_GROWTH)),
    Form("scale-growth", ScaleGrowth, (Key("times", "times", TIMES), *_WHOSE_GROWTH)),
    Form(
        "set-working-days",
        SetWorkingDays,
        (Key("days", "days", WEEKDAYS), *_WHOM_AND_WHEN, Key("keeping", "keeping", KEEPING, False)),
    ),
    Form(
        "label-event",
        LabelEvent,
        (
            _TENANT,
            Key("from", "start", WHEN),
            Key("to", "end", WHEN),
            Key("as", "kind", EVENT_KIND),
            Key("series", "series", NAME, False),
            Key("note", "note", TEXT, False),
        ),
    ),
    Form("set-workers", SetWorkers, (_POOL, Key("workers", "workers", COUNT))),
    Form("set-replicas", SetReplicas, (_POOL, Key("replicas", "replicas", COUNT))),
    Form("set-cache", SetCache, (_POOL, Key("cache", "cache_bytes", SIZE))),
    Form("set-ttl", SetTtl, (_POOL, Key("ttl", "ttl_s", SECONDS))),
    Form(
        "set-price",
        SetPrice,
        (Key("offer", "offer", NAME), Key("unit", "unit", NAME), Key("amount", "amount", AMOUNT), Key("currency", "currency", CURRENCY)),
    ),
    Form("set-objective", SetObjective, (Key("of", "target", NAME), Key("share", "share", SHARE), Key("within", "within_s", SECONDS))),
    Form("set-failure-rate", SetFailureRate, (Key("domain", "domain", NAME), Key("rate", "rate_per_year", RATE))),
    Form("move-tenant", MoveTenant, (_TOPOLOGY, _TENANT, Key("layer", "layer", LAYER), _POOL)),
    Form("split-pool", SplitPool, (_TOPOLOGY, _POOL, Key("tenants", "tenants", NAMES), Key("name", "name", NAME))),
    Form("merge-pools", MergePools, (_TOPOLOGY, Key("pools", "pools", NAMES), Key("name", "name", NAME))),
    Form("pin-offer", PinOffer, (_TOPOLOGY, _POOL, Key("offer", "offer", NAME))),
)
"""Every kind of edit."""


def form_of(edit: Edit) -> Form:
    """Return how an edit is written."""
    return next(form for form in FORMS if form.edit is type(edit))


def toml_text(key: Key, value: Value) -> str:
    """Return a value as TOML."""
    if isinstance(value, tuple):
        return f"[{', '.join(json.dumps(item, ensure_ascii=False) for item in value)}]"
    written = key.content.write(value)
    return json.dumps(written, ensure_ascii=False) if key.content.quoted else written
