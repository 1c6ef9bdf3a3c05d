"""[[tenants]] and tenants.csv: the Odoo databases and what they mean to the business."""

import re
import zoneinfo
from collections.abc import Mapping
from decimal import Decimal

from models.topology.resources import Layer
from workbench.study.cells import Cell
from workbench.study.durations import hours, windows
from workbench.study.estate import Calendar, Downtime, Plant, Policy, Process, Runs, Tenant
from workbench.study.findings import RuleError
from workbench.study.section import Section
from workbench.study.sections.policies import ENVIRONMENTS, read_policy
from workbench.study.values import day, flag, name, number, positive_real, suggestion, text, whole

_HOLIDAYS = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_LAYER_NAMES = tuple(layer.value for layer in Layer)


def read_tenant(section: Section, policies: Mapping[str, Policy]) -> Tenant:
    """Return one tenant; names that point to other tenants are checked by the caller."""
    section.require("name", 'name = "leipzig"')
    environment = _environment(section, policies)
    isolation = section.child("isolation")
    because = isolation.read("because", text, None)
    return Tenant(
        name=section.read("name", name, "?"),
        plants=tuple(_plant(plant) for plant in section.children("plants")),
        environment=environment,
        runs=_runs(section.child("runs")),
        calendar=_calendar(section.child("calendar")),
        isolation=_isolation(isolation),
        isolation_because=because,
        downtime=_downtime(section.child("downtime")),
        processes=tuple(_process(process) for process in section.children("processes")),
        cost_centre=section.read("cost_centre", _code, None),
        regulated=section.read("regulated", flag, False),
        policy=_own_policy(section, policies, environment),
        like=section.read("like", name, None),
        scale=section.read("scale", positive_real, 1.0),
        starts=section.read("starts", day, None),
        ends=section.read("ends", day, None),
    )


def _environment(section: Section, policies: Mapping[str, Policy]) -> str:
    found = section.read("environment", text, "production")
    known = (*ENVIRONMENTS, *policies)
    if found in known:
        return found
    section.reject("environment", "is an unknown environment", suggestion(found, known) or f"add [policy.{found}] or use production")
    return "production"


def _own_policy(section: Section, policies: Mapping[str, Policy], environment: str) -> Policy | None:
    child = section.child("policy")
    if not child.names:
        return None
    return read_policy(child, policies.get(environment, policies["production"]))


def _plant(section: Section) -> Plant:
    section.require("name", 'name = "Leipzig"')
    section.require("users", "users = 220")
    return Plant(section.read("name", text, "?"), section.read("users", whole, 0))


def _runs(section: Section) -> Runs:
    usual = Runs()
    return Runs(
        section.read("image", text, usual.image), section.read("odoo", text, usual.odoo), section.read("postgres", _major, usual.postgres)
    )


def _calendar(section: Section) -> Calendar:
    return Calendar(section.read("zone", _zone, "UTC"), section.read("holidays", _holidays, None), section.read("window", windows, None))


def _isolation(section: Section) -> Mapping[Layer, str]:
    own: dict[Layer, str] = {}
    for key in section.names:
        if key == "because":
            continue
        value = section.read(key, text, "")
        if key not in _LAYER_NAMES:
            section.reject(key, "is no layer", suggestion(key, _LAYER_NAMES) or f"use one of {', '.join(_LAYER_NAMES)}")
        elif value == "own":
            own[Layer(key)] = "own"
        elif value and value != "shared":
            section.reject(key, "is neither own nor shared", f'write {key} = "own" or leave it out')
    return own


def _downtime(section: Section) -> Downtime | None:
    if not section.names:
        return None
    section.require("per_hour", "per_hour = 18000")
    cost = section.read("per_hour", number, None)
    ramp = section.listed("ramp", _ramp_step)
    starts = [start for start, _ in ramp]
    if ramp and (starts[0] != 0 or starts != sorted(set(starts))):
        section.reject("ramp", "must start at 0 h and grow", 'e.g. ramp = [["0 h", 0.05], ["4 h", 0.5]]')
        ramp = ()
    if cost is None:
        return None
    return Downtime(cost, ramp or Downtime(Decimal(0)).ramp)


def _ramp_step(value: object) -> tuple[float, Decimal]:
    if not isinstance(value, list) or len(value) != 2:
        raise RuleError("must be a pair of time and share", 'e.g. ["1 h", 0.2]')
    return hours(value[0]), number(value[1])


def _process(section: Section) -> Process:
    for key, example in (("name", 'name = "shipping"'), ("rto", 'rto = "1 h"'), ("rpo", 'rpo = "5 min"')):
        section.require(key, example)
    return Process(section.read("name", text, "?"), section.read("rto", hours, 0.0), section.read("rpo", hours, 0.0))


def _zone(value: object) -> str:
    found = text(value)
    try:
        zoneinfo.ZoneInfo(found)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = zoneinfo.available_timezones()
        raise RuleError("is an unknown time zone", suggestion(found, known) or 'e.g. "Europe/Berlin"') from None
    return found


def _holidays(value: object) -> str:
    found = text(value)
    if not _HOLIDAYS.fullmatch(found):
        raise RuleError("is no code of a country and subdivision", 'e.g. "DE" or "DE-SN"')
    return found


def _major(value: object) -> str:
    found = str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value)
    if not found.isdigit():
        raise RuleError("is no major version of PostgreSQL", 'e.g. "16"')
    return found


def _code(value: object) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value)


def one_plant(values: dict[str, object]) -> dict[str, object]:
    """Return a row's values with a single table under plants or processes put into an array."""
    listed = {key: [value] for key in ("plants", "processes") if isinstance(value := values.get(key), dict)}
    return {**values, **listed}


def tenant_name(values: Mapping[str, object]) -> str | None:
    """Return the name in raw values, before anything is checked."""
    value = values.get("name")
    return value.text.strip() if isinstance(value, Cell) else value if isinstance(value, str) else None
