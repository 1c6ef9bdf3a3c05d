"""Steps of knobs that do not turn evenly: sizes and times to live."""

from math import floor, log2

_MIB = 2**20
_HOUR_S = 3600.0
_DAY_S = 86400.0
_TTL_STEPS_S = (*(hour * _HOUR_S for hour in (1, 2, 3, 6, 12)), *(day * _DAY_S for day in (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 30, 60, 90)))


def next_size(size_bytes: float, step: int) -> int:
    """Return the next larger or smaller size of 1, 1.25, 1.5, 1.75 times a power of two MiB, bytes."""
    power = floor(log2(max(size_bytes / _MIB, 1.0)))
    powers = [1 << exponent for exponent in range(max(power - 1, 2), power + 3)]
    around = sorted({whole * part // 4 for whole in powers for part in (4, 5, 6, 7)})
    here = size_bytes / _MIB
    if step > 0:
        return next(one for one in around if one > here * 1.0001) * _MIB
    below = [one for one in around if one < here * 0.9999]
    return (below[-1] if below else around[0]) * _MIB


def next_ttl_s(ttl_s: float, step: int) -> float:
    """Return the next longer or shorter of the usual times to live; the ends stay, seconds."""
    beyond = [one for one in _TTL_STEPS_S if (one > ttl_s if step > 0 else one < ttl_s)]
    if not beyond:
        return ttl_s
    return beyond[0] if step > 0 else beyond[-1]
