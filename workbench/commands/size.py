"""`size`: how many workers a load needs, of a pool in a study or of numbers alone."""

from dataclasses import dataclass

from models.odoo_workers.pool import OVERFLOW_LIMIT_PER_HOUR
from workbench.commands.opening import session_of
from workbench.exports.documents import Json, json_text, to_json
from workbench.exports.sizing_json import option_json, sizes_reasons
from workbench.pipeline.service_classes import ServiceLaw
from workbench.pipeline.session import Progress
from workbench.pipeline.show_sizing import MachineOption, PoolSizing, machine_options, pool_sizing
from workbench.pipeline.sizes import Load, Sizes, Users, sizes_of
from workbench.pipeline.worker_servers import Database
from workbench.study.estate import Study


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """A load without a study."""

    rate: float | None
    """Requests per second; None: users make them."""
    cpu_s: float
    database_s: float
    scv: float
    cores: float
    """Of one machine."""
    within_s: float
    share: float = 0.95
    workers: int | None = None
    """Per machine; None: as many as Odoo's documentation allows, 2 × cores + 1."""
    users: float | None = None
    """People at work instead of a rate …"""
    think_s: float | None = None
    """… who think so long between actions …"""
    requests_per_action: float = 1.0
    """… of so many requests."""
    database_cores: float | None = None
    """Processors of the database all machines share; None: not known."""
    overflow_per_hour: float | None = None
    """Probability with which an accept queue may overflow in an hour; None: the default of the model."""


@dataclass(frozen=True, slots=True)
class SizeOptions:
    """A pool of a study."""

    pool: str
    topology: str = "current"
    scenarios: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolSized:
    """A worker pool of a plan with other counts of workers, and other machines."""

    sizing: PoolSizing
    machines: tuple[MachineOption, ...]
    currency: str


def size_load(options: LoadOptions) -> Sizes:
    """Return sizes that keep an objective; needs no study."""
    law = ServiceLaw(options.cpu_s, options.database_s, 0.0, options.scv)
    database = Database(options.database_cores, same_host=False)
    users = None if options.users is None or options.think_s is None else Users(options.users, options.think_s, options.requests_per_action)
    overflow = OVERFLOW_LIMIT_PER_HOUR if options.overflow_per_hour is None else options.overflow_per_hour
    load = Load(options.rate, law, options.within_s, options.share, overflow, database, users)
    return sizes_of(load, options.cores, options.workers)


def size_pool(study: Study, options: SizeOptions, progress: Progress) -> PoolSized:
    """Return a worker pool of a topology with other counts of workers, and the machines that would carry it."""
    session = session_of(study, options.scenarios, options.edits, progress)
    sizing = pool_sizing(session, options.topology, options.pool)
    return PoolSized(sizing, machine_options(session, options.topology, options.pool), study.money.currency)


def sized_json(sized: Sizes) -> str:
    """Return sizes as a document; an endless response is null and `reasons` say so."""
    single = {"fewest": sized.fewest, "replicas": sized.replicas, "bigger": sized.bigger}
    listed = [one for one in (*sized.options, *single.values()) if one is not None]
    sizing: dict[str, Json] = {
        "load": to_json(sized.load),
        **{name: None if one is None else option_json(one) for name, one in single.items()},
        "options": [option_json(one) for one in sized.options],
        "rule": to_json(sized.rule),
    }
    return json_text({"sizing": sizing, "reasons": sizes_reasons(listed)})


def pool_sized_json(sized: PoolSized) -> str:
    """Return a pool's sizes and machines as a document."""
    sizing: dict[str, Json] = {
        "pool": sized.sizing.pool,
        "load": to_json(sized.sizing.load),
        "own": option_json(sized.sizing.own),
        "others": [option_json(one) for one in sized.sizing.others],
        "rule": to_json(sized.sizing.rule),
        "users": sized.sizing.setup.users,
    }
    machines: list[Json] = [{"offer": one.offer, "option": option_json(one.option), "per_month": one.per_month} for one in sized.machines]
    reasons = sizes_reasons([*sized.sizing.others, sized.sizing.own])
    return json_text({"sizing": sizing, "machines": machines, "currency": sized.currency, "reasons": reasons})
