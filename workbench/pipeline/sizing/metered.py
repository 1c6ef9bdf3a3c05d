"""Layers that are paid by use: ingress, filestore, backup, observability."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Layer, Resource
from pricing.offers import Offer, OfferKind
from workbench.pipeline.sizing.needs import Needs
from workbench.pipeline.sizing.options import Machines, Rates
from workbench.pipeline.sizing.retention import READABLE_AT_ONCE, fitting
from workbench.pipeline.sizing.sized import SizedRows
from workbench.study.estate import Study

GIB = float(2**30)
GB = 1e9
SECONDS_PER_MONTH = 730 * 3600
RESPONSE_BYTES = 30e3
"""Bytes of a response that leave the region: 80 rows of a list in JSON; a belief until egress is measured."""
DATABASE_TRAFFIC_BYTES = 60e3
"""Bytes between worker and database for a request; a belief."""
OTHER_ZONE_SHARE = 2 / 3
"""Share of that traffic which crosses zones when workers stand in three zones."""
LOG_BYTES = 1e3
"""Bytes of logs a request leaves; a belief."""


@dataclass(frozen=True, slots=True)
class MeteredOffers:
    """The offers that are paid by use; None where neither the study nor a book has one."""

    load_balancer: Offer | None
    egress: Offer | None
    zone_transfer: Offer | None
    file_storage: Offer | None
    recent_copies: Offer | None
    """Object storage for backups of the first retention tier."""
    lasting_copies: Offer | None
    """The same for later tiers."""
    logs: Offer | None
    metrics: Offer | None
    volume: Offer | None


def metered_offers(study: Study, rates: Rates) -> MeteredOffers:
    """Return, for each kind, what the study allows, else what its provider has in the region; the cheapest of several."""
    keep = study.policies["production"].backup.keep_days
    first, last = keep[0], keep[-1]
    return MeteredOffers(
        load_balancer=_choose(study, rates, OfferKind.LOAD_BALANCER),
        egress=_choose(study, rates, OfferKind.EGRESS),
        zone_transfer=_choose(study, rates, OfferKind.ZONE_TRANSFER),
        file_storage=_choose(study, rates, OfferKind.FILE_STORAGE),
        recent_copies=_storage(study, rates, first),
        lasting_copies=_storage(study, rates, last),
        logs=_choose(study, rates, OfferKind.LOGS),
        metrics=_choose(study, rates, OfferKind.METRICS),
        volume=_metered_volume(study, rates),
    )


def _choose(study: Study, rates: Rates, kind: OfferKind) -> Offer | None:
    provider = study.platform.region.partition("/")[0]
    for patterns in (study.platform.offers, (f"{provider}/*",)):
        offers = [offer for offer in rates.book.offers_matching(patterns, rates.region, kind) if _unit_price(rates, offer) is not None]
        if offers:
            return min(offers, key=lambda offer: (_unit_price(rates, offer) or 0.0, offer.id))
    return None


def _storage(study: Study, rates: Rates, days: int) -> Offer | None:
    """Return the cheapest storage that bills no longer than copies are kept and answers at once, unless the study names its own."""
    provider = study.platform.region.partition("/")[0]
    at_once = tuple(pattern.replace("*", provider, 1) for pattern in READABLE_AT_ONCE)
    for patterns in (study.platform.offers, at_once, (f"{provider}/*",)):
        offers = rates.book.offers_matching(patterns, rates.region, OfferKind.OBJECT_STORAGE)
        priced = fitting([offer for offer in offers if not np.isnan(rates.unit(offer.id, "GiB-month"))], days)
        if priced:
            return min(priced, key=lambda offer: (rates.unit(offer.id, "GiB-month"), offer.id))
    return None


def _unit_price(rates: Rates, offer: Offer) -> float | None:
    for unit in ("hour", "month", "GiB-month", "GB"):
        price = rates.unit(offer.id, unit)
        if not np.isnan(price):
            return price
    return None


def _metered_volume(study: Study, rates: Rates) -> Offer | None:
    """Return the cheapest allowed volume whose IOPS and MB/s are bought apart."""
    offers = [
        offer
        for offer in rates.book.offers_matching(study.platform.offers, rates.region, OfferKind.VOLUME)
        if not np.isnan(rates.unit(offer.id, "IOPS-month")) and not any(fnmatchcase(offer.id, p) for p in ("*confidential*",))
    ]
    return min(offers, key=lambda offer: (rates.unit(offer.id, "GiB-month"), offer.id)) if offers else None


def traffic_gb(requests_per_s: NDArray[np.float64], bytes_each: float) -> NDArray[np.float64]:
    """Return GB a month from a mean request rate."""
    return requests_per_s * SECONDS_PER_MONTH * bytes_each / GB


def size_ingress(needs: Needs, rates: Rates, machines: Machines, offers: MeteredOffers, mean_rate: NDArray[np.float64]) -> SizedRows:
    """Return a load balancer a pool, the smallest machines as proxies behind it, and the traffic that leaves.

    `mean_rate` has shape (rows, steps), requests per second. What a proxy carries is nobody's stated limit, so it is not checked.
    """
    shape = (needs.rows, needs.steps.count)
    gb = traffic_gb(mean_rate, RESPONSE_BYTES)
    proxies = np.broadcast_to(np.where(needs.survives > 0, 2, 1)[:, None], shape)
    rent = float(np.nan_to_num(machines.monthly[0])) if len(machines.offers) else 0.0
    per_gb = _price(rates, offers.egress, "GB") + _price(rates, offers.load_balancer, "GB")
    monthly = _machine(rates, offers.load_balancer) + proxies * rent * needs.awake_share[:, None] + gb * per_gb
    limit = None if offers.load_balancer is None else offers.load_balancer.limit("ingress")
    usable = {Resource.INGRESS: np.full(shape, np.nan if limit is None else float(limit))}
    quantity = {"load_balancer": np.ones(shape), "egress_gb": gb}
    sized = _metered(Layer.INGRESS, needs, quantity, monthly, usable)
    return replace(sized, offer=np.full(shape, 0 if len(machines.offers) else -1), count=proxies.copy())


def size_filestore(needs: Needs, rates: Rates, offers: MeteredOffers) -> SizedRows:
    """Return file storage for the filestores of a group."""
    stored = needs.amount(Resource.FILESTORE)
    shape = (needs.rows, needs.steps.count)
    gib = np.ceil((np.zeros(shape) if stored is None else stored) / GIB / (1 - needs.headroom[:, None]))
    gib = np.maximum.accumulate(gib, axis=1)
    usable = {} if stored is None else {Resource.FILESTORE: gib * GIB}
    return _metered(Layer.FILESTORE, needs, {"file_gib": gib}, gib * _price(rates, offers.file_storage, "GiB-month"), usable)


def size_backup(needs: Needs, rates: Rates, offers: MeteredOffers, recent: NDArray[np.float64], lasting: NDArray[np.float64]) -> SizedRows:
    """Return object storage for the copies the rules keep; full copies' worth of the first and of later tiers have shape (rows,)."""
    shape = (needs.rows, needs.steps.count)
    stored = [amount for r in (Resource.STORAGE, Resource.FILESTORE) if (amount := needs.amount(r)) is not None]
    gib = (np.sum(stored, axis=0) if stored else np.zeros(shape)) / GIB
    quantity = {"recent_gib": np.ceil(gib * recent[:, None]), "lasting_gib": np.ceil(gib * lasting[:, None])}
    prices = {
        "recent_gib": _price(rates, offers.recent_copies, "GiB-month"),
        "lasting_gib": _price(rates, offers.lasting_copies, "GiB-month"),
    }
    monthly = np.asarray(sum(amount * prices[name] for name, amount in quantity.items()), float)
    return _metered(Layer.BACKUP, needs, quantity, monthly, {})


def _machine(rates: Rates, offer: Offer | None) -> float:
    return 0.0 if offer is None else float(np.nan_to_num(rates.machine(offer.id)))


def _price(rates: Rates, offer: Offer | None, unit: str) -> float:
    """Return a price for the search; a missing one counts as nothing here and makes the bill incomplete there."""
    return 0.0 if offer is None else float(np.nan_to_num(rates.unit(offer.id, unit)))


def _metered(
    layer: Layer,
    needs: Needs,
    quantity: Mapping[str, NDArray[np.float64]],
    monthly: NDArray[np.float64],
    usable: Mapping[Resource, NDArray[np.float64]],
) -> SizedRows:
    shape = (needs.rows, needs.steps.count)
    return SizedRows(
        layer=layer,
        steps=needs.steps,
        offer=np.full(shape, -1),
        count=np.ones(shape, np.int64),
        standby=np.zeros(shape, np.int64),
        quantity=quantity,
        workers=np.zeros(needs.rows, np.int64),
        usable=usable,
        usable_after_loss=usable,
        monthly=monthly,
        feasible=np.ones(needs.rows, bool),
    )
