"""How much work a tenant has in every hour: requests, the planning run at night, month-end."""

from dataclasses import dataclass

import numpy as np

from data.generator.estate import TenantTruth
from data.generator.moments import HOURS, OUTAGE, SLIDE, STEP, LocalTime, index_of, local_time, months_before_end
from data.generator.noise import Floats, autoregressive, jitter, stream

MONTH_END_REQUESTS = 1.22
MONTH_END_BLOCKS = 1.45
MONTH_END_NIGHT = 1.35
HOLIDAY = 0.16
CHRISTMAS = 0.4
AUGUST_DIP = 0.12
"""Holidays around 12 August. No slower season is planted: 13 months could not tell it from growth."""

_PATTERNS = {
    "three-shift": (
        0.42, 0.40, 0.38, 0.38, 0.42, 0.62, 0.95, 0.93, 0.98, 1.00, 0.99, 0.93,
        0.84, 0.92, 0.97, 0.88, 0.80, 0.74, 0.70, 0.66, 0.64, 0.66, 0.60, 0.47,
    ),
    "two-shift": (
        0.05, 0.04, 0.04, 0.04, 0.08, 0.45, 0.92, 0.90, 0.97, 1.00, 0.98, 0.92,
        0.80, 0.91, 0.99, 0.90, 0.78, 0.66, 0.60, 0.58, 0.55, 0.42, 0.16, 0.07,
    ),
    "office": (
        0.02, 0.02, 0.02, 0.02, 0.02, 0.05, 0.18, 0.62, 0.93, 1.00, 0.99, 0.92,
        0.68, 0.88, 0.95, 0.90, 0.66, 0.30, 0.12, 0.07, 0.05, 0.04, 0.03, 0.02,
    ),
    "rare": (
        0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.30, 0.70, 1.00, 0.95, 0.80,
        0.40, 0.80, 1.00, 0.85, 0.50, 0.10, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00,
    ),
}  # fmt: skip
"""Load by local hour of an ordinary working day; its busiest hour is 1."""

_WEEK = {
    "three-shift": (1.02, 1.0, 0.99, 0.99, 0.95, 0.66, 0.38),
    "two-shift": (1.03, 1.0, 0.99, 0.98, 0.90, 0.33, 0.06),
    "office": (1.04, 1.0, 0.99, 0.97, 0.86, 0.07, 0.03),
    "rare": (0.9, 1.0, 1.0, 1.0, 0.8, 0.0, 0.0),
}

NIGHT_HOURS = (1, 2, 3)
_NIGHT_SHAPE = (1.0, 0.95, 0.55)


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """A tenant's work per hour, arrays of shape (hours,)."""

    requests_per_s: Floats
    night: Floats
    """The planning run over its October 2026 strength; 0 outside its hours."""
    blocks_factor: Floats
    """Blocks per request over the ordinary."""
    alive: Floats
    """0 in the outage, else 1."""
    growth: Floats
    """Level of business over that of the end of history."""


def load_of(tenant: TenantTruth) -> Load:
    """Return a tenant's planted work."""
    local = local_time(tenant.zone, tenant.holidays[:2])
    growth = np.exp(-np.log1p(tenant.growth_per_month) * months_before_end()) * _shifts(tenant)
    alive = np.ones(HOURS)
    if tenant.name == OUTAGE.subject:
        alive[index_of(OUTAGE.start) : index_of(OUTAGE.end)] = 0.0
    month_end = local.working_days_left <= 1
    shape = _shape(tenant, local) * np.where(month_end, MONTH_END_REQUESTS, 1.0)
    return Load(
        requests_per_s=tenant.peak_rps * growth * shape * _chance(tenant) * alive,
        night=_night(tenant, local) * growth * alive,
        blocks_factor=np.where(month_end, MONTH_END_BLOCKS, 1.0),
        alive=alive,
        growth=growth,
    )


def _shifts(tenant: TenantTruth) -> Floats:
    """Return the abrupt and the gradual change relative to the level after it."""
    level = np.ones(HOURS)
    if tenant.name == STEP.tenant:
        level[: index_of(STEP.at)] /= STEP.factor
    if tenant.name == SLIDE.tenant:
        days = (np.arange(HOURS) - index_of(SLIDE.middle)) / 24
        level *= np.exp(np.log(SLIDE.factor) * (1 / (1 + np.exp(-days / SLIDE.width_days * 4)) - 1))
    return level


def _shape(tenant: TenantTruth, local: LocalTime) -> Floats:
    day = np.array(_PATTERNS[tenant.pattern])
    hour = np.interp(local.hour, np.arange(25), np.append(day, day[0]))
    summer = 0.04 * np.sin(2 * np.pi * (local.year_share - 0.3))
    seasonal = 1 - AUGUST_DIP * np.exp(-(((local.year_share - 0.615) / 0.02) ** 2))
    week = np.array(_WEEK[tenant.pattern])[local.weekday]
    closed = np.where(local.shut & (local.weekday < 6), HOLIDAY, 1.0) * np.where(local.christmas, CHRISTMAS, 1.0)
    shape: Floats = hour ** (1 + summer) * seasonal * week * closed
    return shape


def _chance(tenant: TenantTruth) -> Floats:
    days = HOURS // 24 + 1
    group = autoregressive(stream("group"), days, memory=0.5, scale=0.015)
    own = autoregressive(stream(tenant.name, "days"), days, memory=0.4, scale=0.028 * tenant.noise)
    hours = autoregressive(stream(tenant.name, "hours"), HOURS, memory=0.55, scale=0.035 * tenant.noise)
    return np.exp(np.repeat(group + own, 24)[:HOURS] + np.clip(hours, -1.5, 1.5))


def _night(tenant: TenantTruth, local: LocalTime) -> Floats:
    if tenant.night.cores == 0:
        return np.zeros(HOURS)
    hour = np.floor(local.hour).astype(int)
    strength = np.zeros(HOURS)
    for at, share in zip(NIGHT_HOURS, _NIGHT_SHAPE, strict=True):
        strength[hour == at] = share
    strength *= (local.weekday < 6) & ~local.christmas
    strength *= np.where(local.working_days_left == 0, MONTH_END_NIGHT, 1.0)
    return strength * np.repeat(jitter(stream(tenant.name, "nights"), HOURS // 24 + 1, 0.06), 24)[:HOURS]
