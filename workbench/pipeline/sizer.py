"""Size any group of tenants in any layer, with the offers and rules of one study."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from models.topology.demand import DRIVERS, Demand
from models.topology.pool_demand import PoolDemand
from models.topology.resources import Driver, Layer, Resource
from pricing.book import PriceBook
from pricing.exchange import ExchangeRate, convert, rate_for
from workbench.pipeline.estate_rows import EstateRows
from workbench.pipeline.sizing.metered import MeteredOffers, metered_offers, size_backup, size_filestore, size_ingress
from workbench.pipeline.sizing.needs import Needs, Steps, group_needs, path_needs, planned_needs, purchase_steps
from workbench.pipeline.sizing.options import Machines, Rates, machines
from workbench.pipeline.sizing.peaks import Peaks, peaks_of
from workbench.pipeline.sizing.retention import Copies, copies_of
from workbench.pipeline.sizing.sized import SizedRows
from workbench.pipeline.sizing.stateful import Volume, size_caches, size_databases, volume
from workbench.pipeline.sizing.usable import Laws, UsableTable
from workbench.pipeline.sizing.workers import size_workers
from workbench.study.estate import Study, Tenant

RESOURCES: Mapping[Layer, tuple[Resource, ...]] = {
    layer: tuple(resource for resource in Resource if resource.layer == layer) for layer in Layer
}
SIZED_BY: Mapping[Layer, tuple[Resource, ...]] = {**RESOURCES, Layer.INGRESS: (), Layer.BACKUP: (Resource.STORAGE, Resource.FILESTORE)}
"""What decides the size of a layer's pools; ingress is bought by the piece, since nobody states what a proxy carries."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What the user set by hand for a pool."""

    offer: str | None = None
    workers: int | None = None
    replicas: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sizer:
    """Offers, rules and demand of one study, ready to size groups of tenants."""

    study: Study
    tenants: tuple[Tenant, ...]
    """The tenants of the figures, in the order of the rows."""
    demand: Demand
    pools: PoolDemand
    """The same, added up pool by pool."""
    peaks: Peaks
    """The same within the horizon, laid out for adding up many groups at once."""
    rows: EstateRows
    book: PriceBook
    rates: Rates
    machines: Machines
    offers: MeteredOffers
    disk: Volume | None
    steps: Steps
    base: Mapping[Resource, float]
    mean_rate: NDArray[np.float64]
    """Shape (tenants,): mean requests per second over the last weeks."""
    growth: NDArray[np.float64]
    """Shape (tenants, months of the horizon): each tenant's median monthly peak over that of the first month, before factors."""
    each_traffic: NDArray[np.float64]
    """Shape (tenants, steps): mean requests per second of each tenant."""
    copies: tuple[Copies, ...]
    """Of each tenant, full copies' worth of backup storage."""
    table: UsableTable = field(default_factory=UsableTable)
    step: Callable[[], None] = lambda: None
    """Called before groups are sized: what it raises ends the work."""

    def scaled(self, pools: PoolDemand, rows: EstateRows) -> "Sizer":
        """Return the sizer of a demand that takes the same paths, under the same rules and prices."""
        traffic = _traffic(pools, self.steps, self.mean_rate, self.growth)
        return replace(self, demand=pools.demand, pools=pools, peaks=peaks_of(pools), rows=rows, each_traffic=traffic)

    def size(self, layer: Layer, members: NDArray[np.bool_], hand: Hand = Hand()) -> SizedRows:
        """Return the purchases of each group; members has shape (groups, tenants)."""
        needs = group_needs(self.peaks, self.rows, members, SIZED_BY[layer], self.steps, self._base(layer))
        return self._sized(layer, needs, members, hand)

    def size_planned(
        self, layer: Layer, members: NDArray[np.bool_], amounts: Mapping[Resource, NDArray[np.float64]], hand: Hand = Hand()
    ) -> SizedRows:
        """Return the purchases of groups whose planned amounts (groups, steps) are known."""
        return self._sized(layer, planned_needs(self.rows, members, amounts, self.steps), members, hand)

    def size_paths(
        self, layer: Layer, members: NDArray[np.bool_], monthly: Mapping[Resource, NDArray[np.float64]], hand: Hand = Hand()
    ) -> SizedRows:
        """Return what one group would buy on each path if that path came true; members (tenants,), monthly peaks (paths, months)."""
        needs = path_needs(self.rows, members, monthly, self.steps)
        return self._sized(layer, needs, np.repeat(members[None], self.demand.paths, axis=0), hand)

    def usable_workers(self, cores: float, workers: int, laws: Laws) -> NDArray[np.float64]:
        """Return the busy workers that a machine carries under each law, shape (rows,); see `UsableTable`."""
        return self.table.busy_workers(cores, workers, laws, self.rows.typical)

    def _base(self, layer: Layer) -> Mapping[Resource, float]:
        return self.base if layer == Layer.DATABASE else {}

    def _sized(self, layer: Layer, needs: Needs, members: NDArray[np.bool_], hand: Hand) -> SizedRows:
        self.step()
        pinned = None if hand.offer is None else self.machines.index(hand.offer)
        if layer == Layer.WORKERS:
            return size_workers(needs, self.machines, self.usable_workers, pinned, hand.workers, hand.replicas)
        if layer == Layer.DATABASE:
            if self.disk is None:
                raise ValueError(
                    f"no metered volume in [platform] offers for {self.study.platform.region}: add one, such as azure/premium-ssd-v2"
                )
            return size_databases(needs, self.machines, self.disk, pinned)
        if layer == Layer.CACHE:
            return size_caches(needs, self.machines, pinned)
        if layer == Layer.INGRESS:
            return size_ingress(needs, self.rates, self.machines, self.offers, self.traffic(members))
        if layer == Layer.FILESTORE:
            return size_filestore(needs, self.rates, self.offers)
        if layer == Layer.BACKUP:
            recent, lasting = (np.array([getattr(one, tier) for one in self.copies]) for tier in ("recent", "lasting"))
            return size_backup(needs, self.rates, self.offers, self.rows.largest(recent, members), self.rows.largest(lasting, members))
        raise ValueError(f"pools of layer {layer!r} are not sized: they are {', '.join(SIZED_BY)}")

    def traffic(self, members: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return mean requests per second of each group in each step, shape (groups, steps): today's mean times planned growth."""
        return np.stack([self.each_traffic[group].sum(axis=0) for group in members])


def _traffic(pools: PoolDemand, steps: Steps, mean_rate: NDArray[np.float64], growth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return mean requests per second of each tenant in each step, shape (tenants, steps)."""
    factor = pools.demand.factors[DRIVERS.index(Driver.REQUESTS)]
    spans = [list(steps.months_of(step)) for step in range(steps.count)]
    return np.stack([mean_rate * growth[:, months].mean(axis=1) * factor[:, months].mean(axis=1) for months in spans], axis=1)


def _growth(pools: PoolDemand) -> NDArray[np.float64]:
    """Return each tenant's median monthly peak over that of the first month, before factors, shape (tenants, months of the horizon)."""
    demand = pools.demand
    requests = np.median(pools.drivers.shared(Driver.REQUESTS), axis=1)
    first = np.where(requests[:, :1] > 0, requests[:, :1], 1.0)
    ratio: NDArray[np.float64] = np.where(requests[:, :1] > 0, requests / first, 1.0)[demand.source].astype(float)
    return ratio


def make_sizer(
    study: Study, pools: PoolDemand, rows: EstateRows, book: PriceBook, base: Mapping[Resource, float], mean_rate: NDArray[np.float64]
) -> Sizer:
    """Return the sizer of a study."""
    growth = _growth(pools)
    rates = Rates(book, study.platform.region, converter(study))
    offers = metered_offers(study, rates)
    found = {tenant.name: tenant for tenant in study.tenants}
    tenants = tuple(found[name] for name in rows.names)
    steps = purchase_steps(study.purchase, study.horizon_months)
    return Sizer(
        study=study,
        demand=pools.demand,
        tenants=tenants,
        pools=pools,
        peaks=peaks_of(pools),
        rows=rows,
        book=book,
        rates=rates,
        machines=machines(study, rates),
        offers=offers,
        disk=None if offers.volume is None else volume(rates, offers.volume.id),
        steps=steps,
        base=base,
        mean_rate=mean_rate,
        growth=growth,
        each_traffic=_traffic(pools, steps, mean_rate, growth),
        copies=tuple(
            copies_of(study.policy_of(tenant).backup.keep_days, offers.recent_copies, offers.lasting_copies) for tenant in tenants
        ),
    )


def exchange_rates(study: Study) -> tuple[ExchangeRate, ...]:
    """Return the study's exchange rates."""
    return tuple(ExchangeRate(one.currency, study.money.currency, one.rate, one.date, one.source) for one in study.money.exchange)


def converter(study: Study) -> Callable[[Decimal, str], Decimal]:
    """Return the conversion into the study's currency; a missing rate is an error that names it."""
    rates = exchange_rates(study)
    into = study.money.currency
    return lambda amount, currency: convert(amount, rate_for(rates, currency, into))
