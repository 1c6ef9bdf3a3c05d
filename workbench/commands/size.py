"""`size`: how many workers a load needs, of a pool in a study or of numbers alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from workbench.commands.opening import session_of
from workbench.exports.documents import json_text, to_json
from workbench.pipeline.session import Progress
from workbench.pipeline.show_sizing import (
    Load,
    MachineOption,
    Option,
    PoolSizing,
    fewest_replicas,
    machine_options,
    option,
    pool_sizing,
    smallest,
)
from workbench.study.estate import Study

MOST_WORKERS = 128
"""Workers of one replica looked at."""
MOST_REPLICAS = 64


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """A load without a study."""

    rate: float
    """Requests per second."""
    cpu_s: float
    database_s: float
    scv: float
    cores: float
    """Of one machine."""
    within_s: float
    share: float = 0.95
    workers: int | None = None
    """Per machine; None: as many as Odoo's documentation allows, 2 × cores + 1."""


@dataclass(frozen=True, slots=True)
class Sized:
    """Sizes for a load."""

    load: Load
    fewest: Option | None
    """The fewest workers on one machine that keep the objective; None: one machine is not enough."""
    replicas: Option | None
    """The fewest machines of the usual number of workers that keep it; None: no number looked at does."""
    options: tuple[Option, ...]

    @property
    def answered(self) -> bool:
        """Whether some size keeps the objective."""
        return self.replicas is not None or self.fewest is not None


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


def size_load(options: LoadOptions) -> Sized:
    """Return sizes that keep an objective; needs no study."""
    load = Load(options.rate, options.cpu_s, options.database_s, options.scv, options.within_s, options.share)
    usual = options.workers or int(2 * options.cores + 1)
    fewest = smallest(load, options.cores, min(usual, MOST_WORKERS))
    replicas = fewest_replicas(load, usual, options.cores, MOST_REPLICAS)
    around = fewest.workers if fewest is not None else usual
    count = 1 if fewest is not None or replicas is None else replicas.replicas
    counts = sorted({max(around + step, 1) for step in (-4, -2, -1, 0, 1, 2, 4)})
    return Sized(load, fewest, replicas, tuple(option(load, workers, options.cores, count) for workers in counts))


def size_pool(study: Study, options: SizeOptions, progress: Progress) -> PoolSized:
    """Return a worker pool of a topology with other counts of workers, and the machines that would carry it."""
    session = session_of(study, options.scenarios, options.edits, progress)
    sizing = pool_sizing(session, options.topology, options.pool)
    return PoolSized(sizing, machine_options(session, options.topology, options.pool), study.money.currency)


def sized_json(sized: Sized) -> str:
    """Return sizes as a document; an endless response is null and `reasons` say so."""
    options = [one for one in (*sized.options, sized.fewest, sized.replicas) if one is not None]
    return json_text({"sizing": to_json(sized), "reasons": _endless(options)})


def pool_sized_json(sized: PoolSized) -> str:
    """Return a pool's sizes and machines as a document."""
    options = [*sized.sizing.others, sized.sizing.own]
    document = {"sizing": to_json(sized.sizing), "machines": to_json(sized.machines), "currency": sized.currency}
    return json_text({**document, "reasons": _endless(options)})


def _endless(options: Sequence[Option]) -> list[str]:
    endless = any(one.p99_s == inf for one in options)
    return ["null response: the size cannot keep up with the load, the response is endless"] if endless else []
