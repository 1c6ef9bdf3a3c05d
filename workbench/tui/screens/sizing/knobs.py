"""The knobs of the sizing screen: what they are set to, and the edit of one step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.session import Session
from workbench.pipeline.show_servers import CacheCurve, KeyCurve
from workbench.pipeline.show_sizing import Setup, next_machine
from workbench.study.edits import Edit, PinOffer, ScaleDriver, SetCache, SetObjective, SetReplicas, SetTtl, SetWorkers
from workbench.tui.screens.sizing.steps import next_size, next_ttl_s
from workbench.tui.selection import Selection
from workbench.tui.subjects import topology_of, worker_pool_of
from workbench.views.cell import Align, Cell, Column, Row, Table
from workbench.views.text import count, hours, number, quantity, seconds, unknown, words

_FACTOR_STEP = 0.05
_OBJECTIVE_STEP_S = 0.05
_PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Setting:
    """What the knobs turn: a worker pool with the database and the cache behind it, and the edits made so far."""

    session: Session
    topology: str
    setup: Setup
    """With the edits."""
    database: CacheCurve | None
    cache: KeyCurve | None
    edits: tuple[Edit, ...]
    """Those that wait for their figures included."""


@dataclass(frozen=True, slots=True)
class _Knob:
    key: str
    name: Callable[[Setting], str]
    shown: Callable[[Setting], Cell]
    turned: Callable[[Setting, int], "Edit | str"]
    """The edit of a step, or why there is none."""


def subject_of(comparison: Comparison, selection: Selection) -> tuple[str, str | None]:
    """Return topology and worker pool that the knobs turn."""
    return topology_of(comparison, selection), worker_pool_of(comparison, selection)


def knobs_table(setting: Setting) -> Table:
    """Return every knob with what it is set to."""
    columns = (Column("knob", "", align=Align.LEFT), Column("set", "set to"))
    rows = tuple(Row(knob.key, (words(knob.name(setting)), knob.shown(setting))) for knob in _KNOBS)
    return Table("", columns, rows, ("every step is an edit: z takes it back, S saves the scenario",))


def step_of(setting: Setting, knob: str, step: int) -> "Edit | str":
    """Return the edit of one step, or why the knob does not turn."""
    found = next((one for one in _KNOBS if one.key == knob), None)
    return "no such knob" if found is None else found.turned(setting, step)


def _more_workers(setting: Setting, step: int) -> "Edit | str":
    wanted = setting.setup.workers + step
    return SetWorkers(setting.setup.pool, wanted) if wanted >= 1 else "a pool has at least one worker"


def _more_cores(setting: Setting, step: int) -> "Edit | str":
    offer = next_machine(setting.session, setting.setup.offer, step)
    if offer is None:
        return f"no {'larger' if step > 0 else 'smaller'} machine is allowed: [platform] offers says which are"
    return PinOffer(setting.topology, setting.setup.pool, offer)


def _more_replicas(setting: Setting, step: int) -> "Edit | str":
    wanted = setting.setup.replicas + step
    return SetReplicas(setting.setup.pool, wanted) if wanted >= 1 else "a pool has at least one machine"


def _other_buffers(setting: Setting, step: int) -> "Edit | str":
    found = setting.database
    if found is None:
        return "the cache of the database behind this pool is not in history: a PostgreSQL source gives it"
    return SetCache(found.pool, next_size(found.set_bytes, step))


def _other_memory(setting: Setting, step: int) -> "Edit | str":
    found = setting.cache
    if found is None or found.limit_bytes is None:
        return "the memory of the cache behind this pool is not known: give its machine in topologies/current.toml"
    return SetCache(found.pool, next_size(found.limit_bytes, step))


def _other_ttl(setting: Setting, step: int) -> "Edit | str":
    if setting.cache is None:
        return "no session cache behind this pool is in history: redis_exporter gives it"
    return SetTtl(setting.cache.pool, next_ttl_s(setting.cache.ttl_s, step))


def _factor(edits: Sequence[Edit], driver: str) -> float:
    made = [edit for edit in edits if isinstance(edit, ScaleDriver)]
    factors = [edit.factor for edit in made if edit == ScaleDriver(driver, edit.factor)]
    return factors[-1] if factors else 1.0


def _growth(driver: str) -> _Knob:
    def turned(setting: Setting, step: int) -> "Edit | str":
        wanted = round(_factor(setting.edits, driver) + step * _FACTOR_STEP, 2)
        return ScaleDriver(driver, wanted) if wanted > 0 else "a driver stays above zero"

    return _Knob(
        driver,
        lambda _setting: f"{driver.replace('_', ' ')}, all tenants",
        lambda setting: number(_factor(setting.edits, driver), "×", digits=2),
        turned,
    )


def _within_s(setting: Setting) -> float:
    made = [edit.within_s for edit in setting.edits if isinstance(edit, SetObjective) and edit.target == _PRODUCTION]
    return made[-1] if made else setting.session.study.policies[_PRODUCTION].objective.within_s


def _looser(setting: Setting, step: int) -> "Edit | str":
    objective = setting.session.study.policies[_PRODUCTION].objective
    wanted = round(_within_s(setting) + step * _OBJECTIVE_STEP_S, 3)
    return SetObjective(_PRODUCTION, objective.share, wanted) if wanted > 0 else "an objective is above zero"


def _named(found: CacheCurve | KeyCurve | None, what: str) -> str:
    return what if found is None else f"{what}, {found.pool}"


_KNOBS = (
    _Knob("workers", lambda _setting: "workers each", lambda setting: count(setting.setup.workers, "workers"), _more_workers),
    _Knob(
        "cores",
        lambda setting: f"cores each, {setting.setup.offer}",
        lambda setting: number(setting.setup.cores, "cores", digits=0),
        _more_cores,
    ),
    _Knob("replicas", lambda _setting: "machines", lambda setting: count(setting.setup.replicas, "machines"), _more_replicas),
    _growth("requests"),
    _growth("batch"),
    _Knob("objective", lambda _setting: "objective of production", lambda setting: seconds(_within_s(setting)), _looser),
    _Knob(
        "buffers",
        lambda setting: _named(setting.database, "shared buffers"),
        lambda setting: unknown() if setting.database is None else quantity(setting.database.set_bytes, "bytes"),
        _other_buffers,
    ),
    _growth("stored_bytes"),
    _Knob(
        "memory",
        lambda setting: _named(setting.cache, "Redis memory"),
        lambda setting: unknown() if setting.cache is None else quantity(setting.cache.limit_bytes, "bytes"),
        _other_memory,
    ),
    _Knob(
        "ttl",
        lambda setting: _named(setting.cache, "life of a session"),
        lambda setting: unknown() if setting.cache is None else hours(setting.cache.ttl_s / 3600),
        _other_ttl,
    ),
    _growth("sessions"),
)
