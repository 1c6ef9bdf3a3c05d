"""What a pool is built from, month by month: the bridge from sizing to the bill."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Layer
from pricing.offers import Offer
from workbench.pipeline.sizer import Sizer
from workbench.pipeline.sizing.metered import DATABASE_TRAFFIC_BYTES, OTHER_ZONE_SHARE, RESPONSE_BYTES, traffic_gb
from workbench.pipeline.sizing.needs import Steps
from workbench.pipeline.sizing.sized import SizedRows
from workbench.study.estate import PoolSpec

HOUR = "hour"


@dataclass(frozen=True, slots=True)
class BoughtPart:
    """An offer bought for a pool over some months."""

    offer_id: str
    role: str
    """primary, standby, disaster, volume, …"""
    instances: int
    """Machines or volumes."""
    unit: str
    """hour for machines, else the metered unit."""
    quantity: Decimal
    """Units a month and instance of a metered part (before what is included); 1 for machines."""
    first_month: int
    last_month: int
    """Inclusive."""
    awake_share: Decimal = Decimal(1)
    """Share of the week in which a machine runs."""
    elsewhere: bool = False
    """Whether it stands in the disaster region."""
    purchase: str | None = None
    """As bought; None: the study's rule decides."""


@dataclass(frozen=True, slots=True)
class _Run:
    value: tuple[float, ...]
    first: int
    last: int


def parts_of(sizer: Sizer, sized: SizedRows, row: int, members: NDArray[np.bool_]) -> tuple[BoughtPart, ...]:
    """Return the parts of one sized group, equal months joined."""
    awake = Decimal(str(round(float(sizer.rows.awake_share[members].max()), 6)))
    machine = [
        BoughtPart(sizer.machines.offers[int(offer)].id, role, int(count), HOUR, Decimal(1), run.first, run.last, awake, role == "disaster")
        for role, values in _machine_roles(sizer, sized, row, members).items()
        for run in _runs(sized.steps, values)
        for offer, count in [run.value]
        if offer >= 0 and count > 0
    ]
    return (*machine, *_metered(sized.steps, _meters(sizer, sized, row, members)))


def _machine_roles(sizer: Sizer, sized: SizedRows, row: int, members: NDArray[np.bool_]) -> dict[str, list[tuple[float, ...]]]:
    """Return role to (offer, count) by step; of the standbys of a region-safe pool the last stands in the disaster region."""
    regional = int(sizer.rows.survives[members].max()) == 3
    offer, count, standby = sized.offer[row], sized.count[row], sized.standby[row]
    away = (count if sized.layer == Layer.WORKERS else np.minimum(standby, 1)) if regional else np.zeros_like(standby)
    near = standby - away
    counts = {"primary": count, "standby": near, "disaster": away}
    return {role: list(zip(offer.tolist(), values.tolist(), strict=True)) for role, values in counts.items()}


def _runs(steps: Steps, values: list[tuple[float, ...]]) -> list[_Run]:
    runs: list[_Run] = []
    starts = steps.first_month
    first = 0
    for step in range(1, len(values) + 1):
        if step == len(values) or values[step] != values[first]:
            last = starts[step] - 1 if step < len(values) else steps.horizon_months - 1
            runs.append(_Run(values[first], starts[first], last))
            first = step
    return runs


@dataclass(frozen=True, slots=True)
class _Meter:
    offer: Offer | None
    role: str
    unit: str
    instances: int
    values: tuple[float, ...]
    """Units a month and instance, by step."""


def _metered(steps: Steps, meters: list[_Meter]) -> list[BoughtPart]:
    return [
        BoughtPart(meter.offer.id, meter.role, meter.instances, meter.unit, decimal_of(run.value[0]), run.first, run.last)
        for meter in meters
        if meter.offer is not None
        for run in _runs(steps, [(value,) for value in meter.values])
        if run.value[0] > 0
    ]


def _meters(sizer: Sizer, sized: SizedRows, row: int, members: NDArray[np.bool_]) -> list[_Meter]:
    offers = sizer.offers
    copies = 1 + int(sized.standby[row].max())
    table = {
        "volume_gib": (offers.volume, "volume", "GiB-month", copies),
        "iops": (offers.volume, "volume", "IOPS-month", copies),
        "mbps": (offers.volume, "volume", "MBps-month", copies),
        "load_balancer": (offers.load_balancer, "balancer", HOUR, 1),
        "file_gib": (offers.file_storage, "files", "GiB-month", 1),
        "recent_gib": (offers.recent_copies, "recent copies", "GiB-month", 1),
        "lasting_gib": (offers.lasting_copies, "long-term copies", "GiB-month", 1),
    }
    meters = [_Meter(*kind, values=tuple(sized.quantity[name][row].tolist())) for name, kind in table.items() if name in sized.quantity]
    return [*meters, *_traffic(sizer, sized.layer, members, copies)]


def _traffic(sizer: Sizer, layer: Layer, members: NDArray[np.bool_], copies: int) -> list[_Meter]:
    """Return the traffic that a pool pays for: what leaves through its balancer, what crosses zones to its standby."""
    offers, region = sizer.offers, sizer.rates.region
    rate = sizer.traffic(members[None])[0]
    leaving, crossing = (traffic_gb(rate, size) for size in (RESPONSE_BYTES, DATABASE_TRAFFIC_BYTES * OTHER_ZONE_SHARE))
    meters = []
    if layer == Layer.INGRESS:
        meters.append(_Meter(offers.egress, "traffic", "GB", 1, tuple(map(float, leaving))))
        balancer = offers.load_balancer
        if balancer is not None and sizer.book.has(balancer.id, region, "GB"):
            meters.append(_Meter(balancer, "balanced traffic", "GB", 1, tuple(map(float, leaving))))
    if layer == Layer.DATABASE and copies > 1:
        meters.append(_Meter(offers.zone_transfer, "zone traffic", "GB", 1, tuple(map(float, crossing))))
    return meters


def decimal_of(value: float) -> Decimal:
    """Return a quantity as Decimal, to a thousandth."""
    return Decimal(str(round(value, 3))).normalize() if value != int(value) else Decimal(int(value))


def parts_given(sizer: Sizer, pool: PoolSpec, members: NDArray[np.bool_]) -> tuple[BoughtPart, ...]:
    """Return the parts of a pool as it is written, for every month of the horizon, and the traffic it pays for like any other."""
    horizon_months = sizer.steps.horizon_months
    standby = any(part.role in {"standby", "replica", "disaster"} for part in pool.parts)
    parts = _metered(sizer.steps, _traffic(sizer, pool.layer, members, 2 if standby else 1))
    for part in pool.parts:
        last = horizon_months - 1
        if part.size is None:
            parts.append(BoughtPart(part.offer, part.role, part.count, HOUR, Decimal(1), 0, last, purchase=part.purchase))
            continue
        metered = (("GiB-month", part.size), ("IOPS-month", part.iops), ("MBps-month", part.throughput_mbps))
        for unit, quantity in metered:
            if quantity is not None:
                parts.append(BoughtPart(part.offer, part.role, part.count, unit, Decimal(quantity), 0, last, purchase=part.purchase))
    return tuple(parts)
