"""Sizing: a worker pool under its load, its knobs, its week, its margin ladder, and the database and cache behind it."""

from dataclasses import dataclass
from functools import lru_cache

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.session import Session
from workbench.pipeline.show_curves import by_workers, load_curve
from workbench.pipeline.show_heat import heat_map
from workbench.pipeline.show_ladder import ladder
from workbench.pipeline.show_servers import CacheCurve, KeyCurve, cache_curve, cache_today, database_today, key_curve
from workbench.pipeline.show_sizing import PoolSizing, Setup, alone, counts_around, pool_setup
from workbench.pipeline.what_if import what_if
from workbench.study.edits import ScaleDriver, SetCache, SetTtl
from workbench.study.edits.kinds import Edit
from workbench.tui.content import Content, Contents, Sentences, waiting
from workbench.tui.pictures import week_picture
from workbench.tui.places import SIZING
from workbench.tui.screens.sizing.knobs import Setting, knobs_table, subject_of
from workbench.tui.screens.sizing.pictures import cache_picture, keys_picture, rate_picture, workers_picture
from workbench.tui.selection import Selection
from workbench.views.ladder import ladder_reasons, ladder_table
from workbench.views.servers import cache_reasons, cache_table, cache_text, keys_reasons, keys_table, keys_text
from workbench.views.sizing import bounds_text, option_reasons, rule_of, sizing_table, worker_pools_table, workers_table


@dataclass(frozen=True, slots=True, eq=False)
class _Behind:
    database: CacheCurve | str
    cache: KeyCurve | str


def sizing(session: Session, comparison: Comparison | None, selection: Selection) -> Contents:
    """Return what the panels of the third screen show."""
    if comparison is None:
        return {leaf.key: waiting(leaf.title, "fitting …") for leaf in SIZING.leaves}
    topology, pool = subject_of(comparison, selection)
    pools = Content(f"Worker pools · {topology}", worker_pools_table(comparison, topology), pool or "")
    if pool is None:
        none = "no worker pool of this topology can be built: v chooses another one, 4 says why"
        return {leaf.key: waiting(leaf.title, none) for leaf in SIZING.leaves} | {"pools": pools}
    setup, behind = pool_setup(session, topology, pool), _behind(session, comparison, topology, pool, session.edits)
    sized = alone(setup)
    points = by_workers(setup, counts_around(setup.workers))
    table, currency = workers_table(setup, points, session.study.money.currency), session.study.money.currency
    rungs = ladder(session, topology, pool)
    why = (*option_reasons(sized.own, setup.reasons), rule_of(sized))
    return {
        **_live(session, topology, setup, sized, behind, session.edits, selection),
        "pools": pools,
        "size": Content(
            "Cost and use by workers", workers_picture(points, setup.workers, currency, table), why=(table.title, *table.notes)
        ),
        "heat": Content("Use by hour and weekday", week_picture(heat_map(session, topology, pool))),
        "ladder": Content("From mean to bought", ladder_table(session, rungs), why=ladder_reasons(rungs)),
        "why": Content("Why", Sentences(why)),
    }


def preview(session: Session, comparison: Comparison, selection: Selection, edits: tuple[Edit, ...]) -> Contents:
    """Return the panels that the models answer at once, with edits whose plan is still being computed."""
    topology, pool = subject_of(comparison, selection)
    if pool is None:
        return {}
    setup = what_if(session, topology, pool_setup(session, topology, pool), edits)
    sized = alone(setup)
    behind = _behind(session, comparison, topology, pool, edits)
    return {
        **_live(session, topology, setup, sized, behind, edits, selection),
        "heat": Content("Use by hour and weekday", week_picture(heat_map(session, topology, pool, sized.busy_workers))),
        "why": Content("Why", Sentences((*option_reasons(sized.own, setup.reasons), rule_of(sized)))),
    }


def setting(session: Session, comparison: Comparison, selection: Selection, edits: tuple[Edit, ...]) -> Setting | None:
    """Return what the knobs turn, with edits whose plan is still being computed; None while there is no pool."""
    topology, pool = subject_of(comparison, selection)
    if pool is None:
        return None
    setup = what_if(session, topology, pool_setup(session, topology, pool), edits)
    return _setting(session, topology, setup, _behind(session, comparison, topology, pool, edits), edits)


def _live(
    session: Session, topology: str, setup: Setup, sized: PoolSizing, behind: _Behind, edits: tuple[Edit, ...], selection: Selection
) -> dict[str, Content]:
    """Return the panels that need no plan."""
    turned = knobs_table(_setting(session, topology, setup, behind, edits))
    return {
        "response": _response(sized),
        "knobs": Content("Knobs · h less, l more", turned, selection.knob),
        "database": _database(behind.database),
        "cache": _cache(behind.cache),
    }


def _response(sized: PoolSizing) -> Content:
    picture = rate_picture(load_curve(sized.load, sized.own), bounds_text(sized.own), sizing_table(sized))
    return Content(f"{sized.pool}: response against rate", picture, why=(*option_reasons(sized.own, sized.setup.reasons), rule_of(sized)))


def _database(found: CacheCurve | str) -> Content:
    if isinstance(found, str):
        return waiting("Database", found)
    title = f"{found.pool}: reads by shared buffers"
    return Content(title, cache_picture(found, cache_text(found), cache_table(found)), why=cache_reasons(found))


def _cache(found: KeyCurve | str) -> Content:
    if isinstance(found, str):
        return waiting("Cache", found)
    return Content(f"{found.pool}: memory from empty", keys_picture(found, keys_text(found), keys_table(found)), why=keys_reasons(found))


def _behind(session: Session, comparison: Comparison, topology: str, pool: str, edits: tuple[Edit, ...]) -> _Behind:
    tenants = comparison.result(topology).plan.pool(pool).tenants
    return _stores(session, tenants, tuple(edit for edit in edits if isinstance(edit, ScaleDriver | SetCache | SetTtl)))


@lru_cache(maxsize=4)
def _stores(session: Session, tenants: tuple[int, ...], edits: tuple[Edit, ...]) -> _Behind:
    """Return what is behind a pool; most knobs do not touch it, so the last answers are kept."""
    database, cache = database_today(session, tenants), cache_today(session, tenants)
    unknown = "topologies/current.toml does not say which {} serves these tenants"
    return _Behind(
        unknown.format("database server") if database is None else cache_curve(session, database, edits),
        unknown.format("cache") if cache is None else key_curve(session, cache, edits),
    )


def _setting(session: Session, topology: str, setup: Setup, behind: _Behind, edits: tuple[Edit, ...]) -> Setting:
    database = None if isinstance(behind.database, str) else behind.database
    return Setting(session, topology, setup, database, None if isinstance(behind.cache, str) else behind.cache, edits)
