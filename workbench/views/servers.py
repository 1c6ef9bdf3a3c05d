"""The database and the cache behind a worker pool: reads against cache size, memory against time."""

from workbench.pipeline.show_servers import CacheCurve, KeyCurve
from workbench.views.cell import Column, Row, Table
from workbench.views.model_reasons import model_reasons
from workbench.views.text import hours, number, quantity, quantity_text


def cache_table(curve: CacheCurve) -> Table:
    """Return device reads a second over sizes of a server's cache: at least, likely, at most."""
    columns = (
        Column("cache", "shared buffers"),
        Column("low", "reads, at least", "IOPS"),
        Column("middle", "likely", "IOPS"),
        Column("high", "at most", "IOPS"),
    )
    rows = tuple(
        Row(
            str(place),
            (
                quantity(float(curve.cache_bytes[place]), "bytes"),
                *(number(float(values[place]), "IOPS") for values in (curve.low, curve.middle, curve.high)),
            ),
        )
        for place in range(len(curve.cache_bytes))
    )
    return Table(f"{curve.pool}: device reads in the busiest hour by cache", columns, rows, (cache_text(curve),))


def cache_text(curve: CacheCurve) -> str:
    """Return the observed point and what the size that is set would read, in a sentence."""
    limit = "no limit known" if curve.limit_iops is None else f"limit {curve.limit_iops:,.0f}"
    seen = f"now {curve.observed_iops:,.0f} IOPS of reads at {quantity_text(curve.observed_bytes, 'bytes')} ({limit})"
    if curve.set_bytes == curve.observed_bytes:
        return seen
    low, middle, high = curve.set_iops
    return f"{seen}; at {quantity_text(curve.set_bytes, 'bytes')} {low:,.0f} … {high:,.0f}, likely {middle:,.0f}"


def cache_reasons(curve: CacheCurve) -> tuple[str, ...]:
    """Return why the range is as wide as it is."""
    law = (
        "between the two laws of reading that pass through the measured point: a warm tail (cache helps most) and even reads beside a hot "
        "set (cache helps least)"
    )
    return (cache_text(curve), law, *model_reasons(curve.reasons))


def keys_table(curve: KeyCurve) -> Table:
    """Return the memory of a cache over the hours since it was empty."""
    columns = (Column("hours", "since empty"), Column("memory", "memory of keys"))
    rows = tuple(
        Row(str(place), (hours(float(curve.hours[place])), quantity(float(curve.memory_bytes[place]), "bytes")))
        for place in range(len(curve.hours))
    )
    return Table(f"{curve.pool}: keys from empty", columns, rows, (keys_text(curve),))


def keys_text(curve: KeyCurve) -> str:
    """Return where the keys saturate, in a sentence."""
    memory = quantity_text(float(curve.memory_bytes[-1]), "bytes")
    usable = "memory unknown" if curve.limit_bytes is None else f"usable {quantity_text(curve.limit_bytes, 'bytes')}"
    life = hours(curve.ttl_s / 3600).text
    seen = "" if curve.observed_keys == curve.keys else f"; measured {curve.observed_keys:,.0f} keys"
    return f"saturates at {curve.keys:,.0f} keys, {memory} within {life} ({usable}){seen}"


def keys_reasons(curve: KeyCurve) -> tuple[str, ...]:
    """Return what the curve rests on."""
    life = hours(curve.observed_ttl_s / 3600).text
    return (
        keys_text(curve),
        f"keys are created at the rate that keeps the measured number alive at a life of {life}: never a straight line, they saturate",
        "saving copies pages while it runs; a quarter of a machine's memory is kept for that, buffers and the system",
    )
