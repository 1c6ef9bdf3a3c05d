"""One study at work: history is read once, fits and pools are kept, edits and undo reuse them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import cast

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import Demand
from models.topology.pool_demand import PoolDemand
from pricing.book import PriceBook
from workbench.history import open_history
from workbench.pipeline.adopted import factory_for, factory_key
from workbench.pipeline.basis import Basis, basis_of, fingerprint
from workbench.pipeline.bills import make_biller
from workbench.pipeline.calendar_months import Window
from workbench.pipeline.checked_moments import Shortfalls, moment_shortfalls
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.demand import assemble, estate_tenants
from workbench.pipeline.drivers import BusinessDrivers, read_drivers
from workbench.pipeline.drivers_basis import growth_said
from workbench.pipeline.drivers_edits import DriverEdits
from workbench.pipeline.drivers_growth import with_drivers
from workbench.pipeline.drivers_reach import reach_said
from workbench.pipeline.edited_demand import edited_demand
from workbench.pipeline.estate_rows import estate_rows
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.failures import failure_rates
from workbench.pipeline.figures import Late, Result, cost_paths
from workbench.pipeline.growth import Growth, grow
from workbench.pipeline.held import HeldPartition, held_partition
from workbench.pipeline.invoices import last_invoice
from workbench.pipeline.kept import Fitted, Kept, Labels, keep_labelled
from workbench.pipeline.moves import groups_of
from workbench.pipeline.no_worse import plan_instead
from workbench.pipeline.observed import Observed, observe
from workbench.pipeline.origins import figure_origins
from workbench.pipeline.performance import performance_of
from workbench.pipeline.plan import Plan, TopologyKind
from workbench.pipeline.planner import Planner, check_topology, topology_names
from workbench.pipeline.prices import study_book
from workbench.pipeline.risk import risk_of
from workbench.pipeline.shelf import NO_SHELF, fit_key, joined_key, shelf, text_of
from workbench.pipeline.sizer import Sizer, make_sizer
from workbench.pipeline.warnings import unpriced, warnings_of
from workbench.pipeline.workloads import Workloads, fit_workloads
from workbench.study.edits import Adjustments, Edit, apply
from workbench.study.estate import Study

RECENT_HOURS = 28 * 24
KEPT_UP_TO = 200
"""Tenants up to which whole results are kept on disk; of larger estates only what they are sized from."""
Progress = Callable[[str, float], None]
"""(what, share done)."""


def silent(_what: str, _share: float) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """A study with its edits; cheap to make from another one of the same study."""

    original: Study
    study: Study
    adjustments: Adjustments
    edits: tuple[Edit, ...]
    scenario: str | None
    progress: Progress
    _kept: Kept
    _own: dict[str, object] = field(default_factory=dict)
    held: HeldPartition | None = None
    """The partition that hybrid keeps instead of searching; None: it searches."""

    def edited(self, edits: Sequence[Edit], scenario: str | None = None, *, hold_partition: bool = False) -> "Session":
        """Return the session of the same study with exactly these edits; what they do not touch is shared.

        With `hold_partition` the hybrid keeps the pools it has here, sized for what the edits ask; its plan then says so
        (`plan.search.held_from`), and `settled` searches anew.
        """
        changed = apply(self.original, edits)
        held = self._partition_at_hand() if hold_partition else None
        return replace(
            self, study=changed.study, adjustments=changed.adjustments, edits=tuple(edits), scenario=scenario, _own={}, held=held
        )

    def settled(self) -> "Session":
        """Return the session with the same edits and no partition held: hybrid is searched anew."""
        return self if self.held is None else replace(self, _own={}, held=None)

    def _partition_at_hand(self) -> HeldPartition | None:
        """Return the hybrid's partition if it is known without a search."""
        found = self._own.get("result hybrid")
        if self.held is not None or not isinstance(found, Result):
            return self.held
        by_hand = any(edit.topology == found.name for edit in self.adjustments.partition_edits)
        groups = self.planner.split(self.study.users_share_limit).groups if by_hand else groups_of(found.plan)
        return held_partition(groups, self.tenants, self.basis().hash)

    @property
    def topologies(self) -> tuple[str, ...]:
        """Topologies that the study can be compared on; needs no computation."""
        return topology_names(self.study)

    @property
    def window(self) -> Window:
        """The months planned and looked at."""
        return Window(self.observed.as_of, self.study.horizon_months)

    @property
    def observed(self) -> Observed:
        """History on an hourly grid."""
        if self._kept.observed is None:
            self.progress("reading history", 0.0)
            self._kept.observed = self._kept.shelf.get(
                "observed", self._key(), Observed, lambda: observe(self.original, open_history(self.original.folder / "history"))
            )
        return self._kept.observed

    @property
    def workloads(self) -> Workloads:
        """What was fitted."""
        if self._kept.workloads is None:
            self.progress("fitting workloads", 0.0)
            self._kept.workloads = self._kept.shelf.get(
                "workloads", self._key(), Workloads, lambda: fit_workloads(self.original, self.observed)
            )
        return self._kept.workloads

    @property
    def drivers(self) -> BusinessDrivers:
        """Business drivers, and how technical series follow them."""
        if self._kept.drivers is None:
            history = open_history(self.original.folder / "history")
            self._kept.drivers = read_drivers(self.original, history, self.observed, self.workloads)
        return self._kept.drivers

    @property
    def growth(self) -> Growth:
        """Forecasts of all drivers."""
        labels = self.study.events
        if labels not in self._kept.growth:
            self.progress("forecasting", 0.0)
            found = self._kept.shelf.get("growth", self._key(labels), Growth, lambda: self._grown(labels))
            keep_labelled(self._kept.growth, labels, found, self.original.events)
        return self._kept.growth[labels]

    def _grown(self, labels: Labels) -> Growth:
        own = grow(replace(self.original, events=labels), self.observed, self.workloads, self.window)
        return with_drivers(own, self.original, self.observed, self.drivers, self.window)

    def _key(self, labels: Labels | None = None) -> str:
        """Return what the entries of the shelf are told apart by."""
        if self._kept.shelf.folder is None:
            return ""
        if self._kept.key is None:
            self._kept.key = fit_key(self.original, self.original.folder / "history")
        return self._kept.key if labels is None else joined_key(self._kept.key.encode(), text_of(labels))

    def once(self, name: str, compute: Callable[[], Fitted]) -> Fitted:
        """Return what is computed once for this history and these labels, whatever else is edited."""
        key = (self.study.events, name)
        if key not in self._kept.more:
            self._kept.more[key] = compute()
        return cast("Fitted", self._kept.more[key])

    def knows(self, name: str) -> bool:
        """Whether `once` has the answer already."""
        return (self.study.events, name) in self._kept.more

    @property
    def demand(self) -> Demand:
        """Joint demand of the estate as edited."""
        labels = self.study.events
        if labels not in self._kept.base:
            base = self._kept.shelf.get("demand", self._key(labels), Demand, self._assembled)
            keep_labelled(self._kept.base, labels, base, self.original.events)
        return edited_demand(self._kept.base[labels], self.study, self.observed, self.workloads, self.adjustments, lambda: self.drivers)

    def _assembled(self) -> Demand:
        return assemble(
            self.original, self.observed, self.workloads, self.growth, self.window, lambda share: self.progress("adding demand", share)
        )

    @property
    def book(self) -> PriceBook:
        """Price books: packaged, the study's own offers, prices set by hand."""
        book = self._kept.book = self._kept.book or study_book(self.original)
        for (offer, unit), price in self.adjustments.prices.items():
            book = book.override(offer, unit, price.amount, price.currency, source="set by hand", as_of=self.observed.as_of)
        return book

    @property
    def tenants(self) -> tuple[str, ...]:
        """Tenants in the figures."""
        return estate_tenants(self.study, self.observed)

    @property
    def factory(self) -> PoolFactory:
        """Makes and keeps pools for this set of edits."""
        found = self._own.get("factory")
        if not isinstance(found, PoolFactory):
            found = self._shared_factory()
            found = replace(found, sizer=replace(found.sizer, study=self.study, step=self._step))
            self._own["factory"] = found
        return found

    def _shared_factory(self) -> PoolFactory:
        """Return the factory of all edits that change nobody's demand, prices or rules; partitions are none of them."""
        key = factory_key(self.study, self.adjustments)
        found = self._kept.factory(key) or factory_for(key, self.demand, self.window, self._kept.factories, self._sizer)
        self._kept.keep_factory(key, found)
        return found

    def _sizer(self, pools: PoolDemand) -> Sizer:
        rows = estate_rows(self.study, self.tenants, pools, self.workloads)
        made = make_sizer(self.study, pools, rows, self.book, self.workloads.base, self.mean_rate())
        return replace(made, table=self._kept.usable(self._key()))

    def mean_rate(self) -> NDArray[np.float64]:
        """Return today's mean requests per second of every tenant of the figures, shape (tenants,)."""
        return np.asarray(np.nanmean(self.load_curve(), axis=1), float)

    def load_curve(self) -> NDArray[np.float64]:
        """Return the last weeks' requests per second, shape (tenants, hours); a planned tenant's are those of the one it is like."""
        recent = self.observed.series["requests"][:, -RECENT_HOURS:]
        scale = np.array([self.study.tenant(name).scale if self.study.tenant(name).like else 1.0 for name in self.tenants])
        return np.asarray(recent[self.demand.source] * scale[:, None], float)

    @property
    def planner(self) -> Planner:
        """Makes plans for this set of edits."""
        found = self._own.get("planner")
        if not isinstance(found, Planner):
            found = Planner(self.factory, failure_rates(self.study, self.observed.as_of), self.adjustments, self.held)
            self._own["planner"] = found
        return found

    def result(self, topology: str) -> Result:
        """Return one topology, planned, priced and stressed; computed once."""
        found = self._own.get(f"result {topology}")
        if not isinstance(found, Result):
            kept = self._kept.shelf if len(self.study.tenants) <= KEPT_UP_TO else NO_SHELF
            found = kept.get("result", self._result_key(topology), Result, lambda: self._result(topology))
            self._own[f"result {topology}"] = found
        return found

    def _result_key(self, topology: str) -> str:
        if self._kept.shelf.folder is None:
            return ""
        asked = (self.basis().entries, self.adjustments, self.study.topologies, self.held, topology)
        return joined_key(self._key(self.study.events).encode(), *(text_of(one) for one in asked))

    def _step(self) -> None:
        """Report that sizing goes on; whoever stopped it raises."""
        self.progress(str(self._own.get("step", "sizing")), 0.0)

    def _result(self, topology: str) -> Result:
        self._own["step"] = f"planning {topology}"
        self._step()
        found = self.evaluated(self.planner.plan(topology))
        return found if found.plan.kind != TopologyKind.HYBRID else self._no_worse(found)

    def _no_worse(self, hybrid: Result) -> Result:
        """Return the hybrid, or a pure partition in its place if that is better."""
        if self.held is not None or any(edit.topology == hybrid.name for edit in self.adjustments.partition_edits):
            return hybrid
        pure = [self.result(name) for name in ("multi-tenant", "dedicated")]
        instead = plan_instead(hybrid, pure, self.factory.sizer.rows.users, self.study.users_share_limit)
        return hybrid if instead is None else self.evaluated(instead)

    def evaluated(self, plan: Plan) -> Result:
        """Return a plan priced and stressed."""
        factory = self.factory
        bill = make_biller(factory).bill(plan)
        return Result(
            plan=plan,
            bill=bill,
            risk=risk_of(factory, plan, self.planner.rates) if factory.sizer.rows.users.sum() > 0 else None,
            risk_weight=self.study.money.risk_weight,
            late=Late(lambda: performance_of(factory, plan, self.load_curve()), lambda: cost_paths(factory, plan, bill)),
        )

    def compare(self, topologies: Sequence[str] | None = None) -> Comparison:
        """Return the topologies side by side, by default all that the study has."""
        names = topologies or self.topologies
        for name in names:  # before anything is computed
            check_topology(self.study, name)
        results = tuple(self.result(name) for name in names)
        self._kept.keep_usable(self._key())
        return Comparison(
            study=self.study.name,
            demo=self.study.demo,
            scenario=self.scenario,
            as_of=self.observed.as_of,
            horizon_months=self.study.horizon_months,
            currency=self.study.money.currency,
            seed=self.study.seed,
            basis=self.basis(),
            results=results,
            tenants=self.tenants,
            versions={"capacity-workbench": metadata.version("capacity-workbench"), "numpy": np.__version__},
            warnings=(
                *warnings_of(self.observed, self.workloads, self.demand, results, self.adjustments, self.growth_said()),
                *unpriced(self.factory.sizer),
                *self._moment_warnings(results),
            ),
            invoice=last_invoice(self.study),
            origins=figure_origins(self.observed, self.workloads, results),
            factory=self.factory,
        )

    def growth_said(self) -> tuple[str, ...]:
        """Return on what growth rests, and how far changes of business drivers reach, a sentence each."""
        edits = self.adjustments.driver_factors
        if not edits:
            return growth_said(self.growth.bases)
        reach = DriverEdits(self.demand, self.study, self.tenants, self.demand.source, self.window, self.drivers)
        return (*growth_said(self.growth.bases), *reach_said(reach, edits))

    def moment_check(self, topologies: Sequence[str]) -> Shortfalls:
        """Return how far the pools of topologies fall short at the kept hours, against every hour of three months; costs seconds."""
        key = "" if self._kept.shelf.folder is None else joined_key(*(self._result_key(name).encode() for name in topologies))
        plans = [self.result(name).plan for name in topologies]
        return self._kept.shelf.get("moments", key, Shortfalls, lambda: Shortfalls(moment_shortfalls(self.factory, self.growth, plans)))

    def _moment_warnings(self, results: Sequence[Result]) -> tuple[str, ...]:
        """Check a study as it is written; edits are tried too often, a large estate takes too long."""
        if self.edits or self.held is not None or len(self.study.tenants) > KEPT_UP_TO:
            return ()
        return self.moment_check([result.name for result in results]).warnings()

    def basis(self) -> Basis:
        """Return what every topology of this session has in common."""
        demand = self.demand
        arrays = (demand.flows, demand.states, demand.factors, *(link.per_unit for link in demand.links))
        rounded = fingerprint(*(np.char.mod("%.4e", array.reshape(-1)[:: max(array.size // 997, 1)]).tobytes() for array in arrays))
        prices = fingerprint(*sorted(repr(price).encode() for price in self.book.prices))
        return basis_of(self.study, self.adjustments, self.observed.as_of, rounded, prices)


def open_session(
    study: Study, edits: Sequence[Edit] = (), scenario: str | None = None, progress: Progress = silent, kept: Kept | None = None
) -> Session:
    """Return the session of a study with edits applied; `kept` holds what is not to be computed from the study's folder."""
    changed = apply(study, edits)
    return Session(study, changed.study, changed.adjustments, tuple(edits), scenario, progress, kept or Kept(shelf=shelf()))
