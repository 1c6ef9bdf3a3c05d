"""The knobs of the sizing screen: what they are set to, and the edit of one step."""

from collections.abc import Callable
from dataclasses import dataclass

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.session import Session
from workbench.study.edits import Edit, ScaleDriver, SetObjective, SetWorkers
from workbench.tui.selection import Selection
from workbench.tui.subjects import topology_of, worker_pool_of
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.text import count, number, seconds, words

_FACTOR_STEP = 0.05
_OBJECTIVE_STEP_S = 0.05
_PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class _Knob:
    key: str
    name: Callable[[str], str]
    """Of the pool."""
    shown: Callable[[Session, Comparison, str, str], Cell]
    """(session, comparison, topology, pool)."""
    turned: Callable[[Session, Comparison, str, str, int], Edit | None]


def knobs_table(session: Session, comparison: Comparison, selection: Selection) -> Table:
    """Return every knob with its setting."""
    topology, pool = topology_of(comparison, selection), worker_pool_of(comparison, selection) or ""
    columns = (Column("knob", "", align=Align.LEFT), Column("less", ""), Column("set", "set to"), Column("more", "", align=Align.LEFT))
    rows = tuple(
        Row(knob.key, (words(knob.name(pool)), Cell("h", "h ◂"), knob.shown(session, comparison, topology, pool), Cell("l", "▸ l")))
        for knob in _KNOBS
        if pool
    )
    return Table("", columns, rows, ("every step is an edit: z takes it back, S saves the scenario",))


def step_of(session: Session, comparison: Comparison | None, selection: Selection, knob: str, step: int) -> Edit | None:
    """Return the edit of one step; None at the end of the range."""
    if comparison is None:
        return None
    topology, pool = topology_of(comparison, selection), worker_pool_of(comparison, selection)
    found = next((one for one in _KNOBS if one.key == knob), None)
    return found.turned(session, comparison, topology, pool, step) if found is not None and pool is not None else None


def _workers(_session: Session, comparison: Comparison, topology: str, pool: str) -> Cell:
    return count(comparison.result(topology).plan.pool(pool).workers, "workers")


def _more_workers(_session: Session, comparison: Comparison, topology: str, pool: str, step: int) -> Edit | None:
    wanted = comparison.result(topology).plan.pool(pool).workers + step
    return SetWorkers(pool, wanted) if wanted >= 1 else None


def _factor(session: Session, driver: str) -> float:
    edits = [edit for edit in session.adjustments.driver_factors if (edit.driver, edit.tenant, edit.start) == (driver, None, None)]
    return edits[-1].factor if edits else 1.0


def _growth(driver: str) -> _Knob:
    def turned(session: Session, _comparison: Comparison, _topology: str, _pool: str, step: int) -> Edit | None:
        wanted = round(_factor(session, driver) + step * _FACTOR_STEP, 2)
        return ScaleDriver(driver, wanted) if wanted > 0 else None

    return _Knob(
        driver,
        lambda _pool: f"{driver.replace('_', ' ')} of all tenants, ×",
        lambda session, _comparison, _topology, _pool: number(_factor(session, driver), "×", digits=2),
        turned,
    )


def _objective(session: Session, _comparison: Comparison, _topology: str, _pool: str) -> Cell:
    return seconds(session.study.policies[_PRODUCTION].objective.within_s)


def _looser(session: Session, _comparison: Comparison, _topology: str, _pool: str, step: int) -> Edit | None:
    objective = session.study.policies[_PRODUCTION].objective
    wanted = round(objective.within_s + step * _OBJECTIVE_STEP_S, 3)
    return SetObjective(_PRODUCTION, objective.share, wanted) if wanted > 0 else None


_KNOBS = (
    _Knob("workers", lambda pool: f"workers of each replica of {pool}", _workers, _more_workers),
    _growth("requests"),
    _growth("batch"),
    _growth("sessions"),
    _growth("stored_bytes"),
    _Knob("objective", lambda _pool: "objective of production", _objective, _looser),
)
