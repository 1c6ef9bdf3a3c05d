"""`size`: how many workers a load needs, of a pool in a study or of numbers alone."""

from dataclasses import dataclass

from workbench.commands.opening import session_of
from workbench.exports.documents import json_text, to_json
from workbench.pipeline.session import Progress
from workbench.pipeline.show_sizing import Load, Option, PoolSizing, fewest_replicas, option, pool_sizing, smallest
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


def size_pool(study: Study, options: SizeOptions, progress: Progress) -> PoolSizing:
    """Return a worker pool of a topology with other counts of workers."""
    session = session_of(study, options.scenarios, options.edits, progress)
    return pool_sizing(session, options.topology, options.pool)


def sized_json(sized: Sized | PoolSizing) -> str:
    """Return sizes as a document; an endless response is null and `reasons` say so."""
    options = (*sized.options, sized.fewest, sized.replicas) if isinstance(sized, Sized) else (*sized.others, sized.own)
    endless = [one for one in options if one is not None and one.p99_s == float("inf")]
    document = to_json(sized)
    reasons = ["null response: the size cannot keep up with the load, the response is endless"] if endless else []
    return json_text({"sizing": document, "reasons": reasons})
