"""Whether a change to demand finds what it names: the driver, the tenant, the class, days within the horizon."""

from models.topology.resources import Driver
from workbench.study.crosschecks import horizon_end
from workbench.study.edits.demand_kinds import ChangeGrowth, DemandEdit, Jump, ScaleDriver, ScaleGrowth, SetWorkingDays
from workbench.study.estate import Study
from workbench.study.source_specs import DRIVES
from workbench.study.values import suggestion

USERS = "users"
"""A driver that every study has: the users of its plants."""


def fitting(study: Study, edit: DemandEdit) -> DemandEdit:
    """Return the edit; raise ValueError naming what it does not find and what there is."""
    if edit.tenant is not None:
        study.tenant(edit.tenant)
    if edit.environment is not None:
        _check_environment(study, edit, edit.environment)
    _check_days(study, edit)
    match edit:
        case ScaleDriver():
            _check_driver(study, edit, edit.driver)
        case ChangeGrowth() | ScaleGrowth():
            if edit.driver is not None:
                _check_driver(study, edit, edit.driver)
        case Jump() | SetWorkingDays():
            pass
    return edit


def _check_driver(study: Study, edit: DemandEdit, name: str) -> None:
    technical = tuple(driver.value for driver in Driver)
    business = tuple(driver.name for driver in study.drivers)
    known = tuple(dict.fromkeys((*technical, *business, USERS)))
    kind = type(edit).__name__
    if name not in known:
        meant = suggestion(name, known)
        raise ValueError(f"{kind}: {name!r} is no driver: use one of {', '.join(known)}{f' ({meant})' if meant else ''}")
    if name in technical or name not in business:
        return
    if not next(driver for driver in study.drivers if driver.name == name).drives:
        tied = ", ".join(DRIVES)
        raise ValueError(
            f'{kind}: driver {name!r} is tied to no resource: say what follows it, such as drives = ["requests"], '
            f"in its [[drivers]] (known without saying: {tied})"
        )


def _check_environment(study: Study, edit: DemandEdit, environment: str) -> None:
    used = tuple(dict.fromkeys(tenant.environment for tenant in study.tenants))
    if environment not in used:
        raise ValueError(f"{type(edit).__name__}: {environment!r} is an environment of no tenant: use one of {', '.join(used)}")


def _check_days(study: Study, edit: DemandEdit) -> None:
    end = horizon_end(study)
    if edit.start is not None and end is not None and edit.start > end:
        raise ValueError(f"{type(edit).__name__}: from {edit.start} lies after the horizon: start it by {end}")
    last = None if isinstance(edit, ChangeGrowth | ScaleGrowth) else edit.end
    if last is not None and study.as_of is not None and last < study.as_of:
        raise ValueError(f"{type(edit).__name__}: until {last} lies before today, {study.as_of}: it would change nothing")
