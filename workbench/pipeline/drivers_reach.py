"""How far a change of a business driver reaches, in words: which series it moves, by how much, and how that is known."""

from collections.abc import Sequence

import numpy as np

from models.topology.resources import Driver
from workbench.pipeline.drivers import BusinessDrivers
from workbench.pipeline.drivers_edits import DriverEdits
from workbench.pipeline.parameters import NORMAL_95
from workbench.study.edits import ChangeGrowth, DemandEdit, ScaleDriver, ScaleGrowth

MONTHS_PER_YEAR = 12


def reach_said(applier: DriverEdits, edits: Sequence[DemandEdit]) -> tuple[str, ...]:
    """Return a sentence for every driver of the business that an edit names, in the order of the edits."""
    technical = {driver.value for driver in Driver}
    found: dict[str, None] = {}
    for edit in edits:
        name = edit.driver if isinstance(edit, ScaleDriver | ChangeGrowth | ScaleGrowth) else None
        if name is not None and name not in technical:
            found |= dict.fromkeys(_sentences(applier, edit, name))
    return tuple(found)


def _sentences(applier: DriverEdits, edit: DemandEdit, name: str) -> list[str]:
    rows = [row for row, tenant in enumerate(applier.names) if applier.meant(edit, tenant)]
    moved: dict[tuple[str, str], list[str]] = {}
    for driver in Driver:
        powers = [applier.exponent(name, driver, row) for row in rows]
        if _present(applier.business, driver) and max(powers, default=0.0) > 0:
            moved.setdefault((_range(powers), _known(applier, driver, name, rows)), []).append(driver.value.replace("_", " "))
    return [f"{_change(edit, name)} moves {', '.join(series)} by its power {power} ({known})" for (power, known), series in moved.items()]


def _present(business: BusinessDrivers, driver: Driver) -> bool:
    values = business.technical.get(driver)
    return values is not None and bool(np.nansum(values) > 0)


def _change(edit: DemandEdit, name: str) -> str:
    match edit:
        case ScaleDriver():
            return f"{name} × {edit.factor:g}"
        case ChangeGrowth():
            return f"{name} {100 * edit.per_month:+g} %/month"
        case _:
            return f"another growth of {name}"


def _range(powers: Sequence[float]) -> str:
    low, high = min(powers), max(powers)
    return f"{low:.2f}" if high - low < 0.005 else f"{low:.2f} to {high:.2f}"


def _known(applier: DriverEdits, driver: Driver, name: str, rows: Sequence[int]) -> str:
    business: BusinessDrivers = applier.business
    if not any(name == spec.name for spec in applier.study.drivers):
        return "assumed: nobody counts it, so as much more work as there are more of it"
    ties = [business.tie(driver, int(applier.source[row])) for row in rows]
    fitted = [tie for tie in ties if tie is not None and name in tie.drivers and not tie.elasticity.assumed]
    if not fitted:
        return "assumed: as much more work as there is more business, less than three months are known of both"
    sd = float(np.median([tie.elasticity.sd[tie.drivers.index(name)] for tie in fitted]))
    months = min(tie.elasticity.points for tie in fitted) * 28 / 365.25 * MONTHS_PER_YEAR
    rest = "" if len(fitted) == len(rows) else f"; assumed for {len(rows) - len(fitted)} of {len(rows)} tenants"
    return f"± {NORMAL_95 * sd:.2f}, fitted on {months:.0f} months{rest}"
