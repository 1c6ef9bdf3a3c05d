"""The knobs of the sizing screen: what they are set to, and the edit of one step."""

from collections.abc import Callable, Sequence
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
_RUNS = "current"


@dataclass(frozen=True, slots=True)
class Setting:
    """What the knobs turn: a pool of a topology, and the edits made so far."""

    session: Session
    comparison: Comparison
    topology: str
    pool: str
    edits: tuple[Edit, ...]
    """Those that wait for their figures included."""


@dataclass(frozen=True, slots=True)
class _Knob:
    key: str
    name: Callable[[Setting], str]
    shown: Callable[[Setting], Cell]
    turned: Callable[[Setting, int], "Edit | str"]
    """The edit of a step, or why there is none."""


def setting_of(session: Session, comparison: Comparison, selection: Selection, edits: Sequence[Edit]) -> Setting:
    """Return what the knobs turn."""
    return Setting(session, comparison, topology_of(comparison, selection), worker_pool_of(comparison, selection) or "", tuple(edits))


def knobs_table(setting: Setting) -> Table:
    """Return every knob with what it is set to."""
    columns = (Column("knob", "", align=Align.LEFT), Column("less", ""), Column("set", "set to"), Column("more", "", align=Align.LEFT))
    rows = tuple(Row(knob.key, (words(knob.name(setting)), Cell("h", "h ◂"), knob.shown(setting), Cell("l", "▸ l"))) for knob in _KNOBS)
    return Table("", columns, rows, ("every step is an edit: z takes it back, S saves the scenario",))


def step_of(setting: Setting, knob: str, step: int) -> "Edit | str":
    """Return the edit of one step, or why the knob does not turn."""
    found = next((one for one in _KNOBS if one.key == knob), None)
    return "no such knob" if found is None else found.turned(setting, step)


def _workers(setting: Setting) -> int:
    made = [edit.workers for edit in setting.edits if isinstance(edit, SetWorkers) and edit.pool == setting.pool]
    return made[-1] if made else setting.comparison.result(setting.topology).plan.pool(setting.pool).workers


def _more_workers(setting: Setting, step: int) -> "Edit | str":
    if setting.topology == _RUNS:
        return "current is what runs today and is never sized anew: v chooses a topology to plan with"
    wanted = _workers(setting) + step
    return SetWorkers(setting.pool, wanted) if wanted >= 1 else "a pool has at least one worker"


def _factor(setting: Setting, driver: str) -> float:
    made = [edit for edit in setting.edits if isinstance(edit, ScaleDriver)]
    factors = [edit.factor for edit in made if edit == ScaleDriver(driver, edit.factor)]
    return factors[-1] if factors else 1.0


def _growth(driver: str) -> _Knob:
    def turned(setting: Setting, step: int) -> "Edit | str":
        wanted = round(_factor(setting, driver) + step * _FACTOR_STEP, 2)
        return ScaleDriver(driver, wanted) if wanted > 0 else "a driver stays above zero"

    return _Knob(
        driver,
        lambda _setting: f"{driver.replace('_', ' ')} of all tenants, ×",
        lambda setting: number(_factor(setting, driver), "×", digits=2),
        turned,
    )


def _within_s(setting: Setting) -> float:
    return setting.session.study.policies[_PRODUCTION].objective.within_s


def _looser(setting: Setting, step: int) -> "Edit | str":
    objective = setting.session.study.policies[_PRODUCTION].objective
    made = [edit.within_s for edit in setting.edits if isinstance(edit, SetObjective) and edit.target == _PRODUCTION]
    wanted = round((made[-1] if made else objective.within_s) + step * _OBJECTIVE_STEP_S, 3)
    return SetObjective(_PRODUCTION, objective.share, wanted) if wanted > 0 else "an objective is above zero"


_KNOBS = (
    _Knob(
        "workers",
        lambda setting: f"workers of {setting.pool}, each replica",
        lambda setting: count(_workers(setting), "workers"),
        _more_workers,
    ),
    _growth("requests"),
    _growth("batch"),
    _growth("sessions"),
    _growth("stored_bytes"),
    _Knob("objective", lambda _setting: "objective of production", lambda setting: seconds(_within_s(setting)), _looser),
)
