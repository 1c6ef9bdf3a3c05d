"""What a session computes once and shares with the sessions of all edits of its study."""

import pickle
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from models.topology.demand import Demand
from pricing.book import PriceBook
from workbench.pipeline.adopted import FactoryKey
from workbench.pipeline.drivers import BusinessDrivers
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.growth import Growth
from workbench.pipeline.observed import Observed
from workbench.pipeline.shelf import NO_SHELF, Shelf
from workbench.pipeline.sizing.usable import UsableTable
from workbench.pipeline.workloads import Workloads
from workbench.study.estate import LabelledEvent

MOST_FACTORIES = 3
"""Sets of sized pools kept for going back and forth between edits."""
Labels: TypeAlias = tuple[LabelledEvent, ...]
"""What the user said of the history: another set is another fit."""
Fitted = TypeVar("Fitted")


@dataclass(slots=True, eq=False)
class Kept:
    """What is computed once for a history and shared by all edits of a study."""

    observed: Observed | None = None
    workloads: Workloads | None = None
    drivers: BusinessDrivers | None = None
    growth: dict[Labels, Growth] = field(default_factory=dict)
    base: dict[Labels, Demand] = field(default_factory=dict)
    more: dict[tuple[Labels, str], object] = field(default_factory=dict)
    book: PriceBook | None = None
    table: UsableTable = field(default_factory=UsableTable)
    tabulated: int | None = None
    """Bytes of that table as it lies on the shelf; None: not looked for."""
    shelf: Shelf = NO_SHELF
    """What is kept on disk; nothing unless the session was opened from a study's own history."""
    key: str | None = None
    factories: list[tuple[FactoryKey, PoolFactory]] = field(default_factory=list)
    """The last ones, for edits that move tenants and pin offers: pools that they do not touch are sized already."""

    def usable(self, key: str) -> UsableTable:
        """Return the table of usable capacity, as far as another process has filled it."""
        if self.tabulated is None:
            self.table = self.shelf.find("usable", key, UsableTable) or self.table
            self.tabulated = len(pickle.dumps(self.table))
        return self.table

    def keep_usable(self, key: str) -> None:
        """Keep the table for the next process if it has grown."""
        if self.tabulated is not None and self.shelf.folder is not None:
            size = len(pickle.dumps(self.table))
            if size > self.tabulated:
                self.shelf.put("usable", key, self.table)
                self.tabulated = size

    def factory(self, key: FactoryKey) -> PoolFactory | None:
        """Return the factory of a study and adjustments, if it is one of the last."""
        return next((factory for one, factory in self.factories if one[1] == key[1] and one[0] == key[0]), None)

    def keep_factory(self, key: FactoryKey, factory: PoolFactory) -> None:
        """Keep a factory as the last one used; pools of one that goes live on, its sums of demand do not."""
        others = [one for one in self.factories if one[1] is not factory]
        for _, old in others[MOST_FACTORIES - 1 :]:
            old.sizer.pools.forget()
            old.sizer.peaks.forget()
        self.factories[:] = [(key, factory), *others[: MOST_FACTORIES - 1]]


def keep_labelled(kept: dict[Labels, Fitted], labels: Labels, found: Fitted, plain: Labels) -> None:
    """Keep what was fitted under labels, beside that of the study as it is written; what came between is dropped."""
    for other in [other for other in kept if other != plain]:
        del kept[other]
    kept[labels] = found
