"""[[drivers]]: business series that hold years, and what they drive."""

import re
from pathlib import Path

from models.topology.resources import Driver
from workbench.study.findings import RuleError
from workbench.study.section import Section
from workbench.study.source_specs import DRIVES, DriverSpec
from workbench.study.values import name, own_file, suggestion, text

_READING = re.compile(r"(?is)\s*(select|with)\b")


def read_driver(section: Section, folder: Path) -> DriverSpec:
    """Return one business series, counted by SQL or read from a file, with what it drives."""
    section.require("name", 'name = "orders"')
    if ("sql" in section) == ("path" in section):
        rule = "has both sql and path" if "sql" in section else "has neither sql nor path"
        section.inspection.error(
            section.place, rule, 'give one of them, e.g. sql = "select date_trunc(…), count(*) from sale_order group by 1"'
        )
    called = section.read("name", name, "?")
    drives = section.read("drives", _driven, DRIVES.get(called, ()))
    if not drives and "drives" not in section:
        rule = f"driver {called} is tied to no resource, so it says nothing about growth"
        section.inspection.warn(section.place, rule, 'say what follows it, e.g. drives = ["requests"]')
    return DriverSpec(
        name=called,
        sql=section.read("sql", _query, None),
        path=section.read("path", own_file(folder), None),
        drives=drives,
    )


def _driven(value: object) -> tuple[Driver, ...]:
    """Return technical drivers from an array of their names."""
    known = tuple(driver.value for driver in Driver)
    if not isinstance(value, list) or not value:
        raise RuleError("must be an array of what it drives", f'e.g. ["requests"]; known are {", ".join(known)}')
    found = [text(item) for item in value]
    for item in found:
        if item not in known:
            raise RuleError(f"names {item!r}, which is not one of {', '.join(known)}", suggestion(item, known))
    if len(set(found)) != len(found):
        raise RuleError("names one twice", "name each once")
    return tuple(Driver(item) for item in found)


def _query(value: object) -> str:
    found = text(value)
    if not _READING.match(found):
        raise RuleError("is no reading query", "start it with select or with")
    return found
