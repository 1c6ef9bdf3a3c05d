"""What kinds of requests a pool serves, and their mixture."""

import math
from dataclasses import dataclass

from models.odoo_workers.shapes import Parts, Shape, law_of, shape_of


@dataclass(frozen=True, slots=True)
class RequestClass:
    """Requests of one kind: unloaded demands of one request."""

    name: str
    """How the kind is called where it is reported."""
    share: float
    """Share of all requests; shares of a pool sum to 1."""
    cpu_s: float
    """Seconds of application CPU at reference speed."""
    database_s: float = 0.0
    """Seconds of database CPU."""
    io_reads: float = 0.0
    """Database reads that reach the device."""
    delay_s: float = 0.0
    """Seconds in which the worker is held but no modelled resource is used."""
    scv: float = 1.0
    """Squared coefficient of variation of the service time within the kind."""

    def __post_init__(self) -> None:
        """Refuse demands that are negative, not finite or all zero."""
        for field in ("share", "cpu_s", "database_s", "io_reads", "delay_s", "scv"):
            value = getattr(self, field)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{field} of request class {self.name!r} is {value}: it must be finite and at least 0")
        if self.share > 1:
            raise ValueError(f"share of request class {self.name!r} is {self.share}: it must be at most 1")

    def unloaded_s(self, read_s: float) -> float:
        """Return the seconds a worker is held when nothing else runs; `read_s` is the time of one device read."""
        return self.cpu_s + self.database_s + self.delay_s + self.io_reads * read_s


@dataclass(frozen=True, slots=True)
class Mixture:
    """The classes of a pool seen as one stream."""

    cpu_s: float
    """Mean seconds of application CPU of a request."""
    database_s: float
    """Mean seconds of database CPU."""
    delay_s: float
    """Mean seconds of delay, device reads included."""
    scv: float
    """Squared coefficient of variation over all classes, unloaded."""
    parts: Parts
    """Share, mean relative to the mean of the mixture, and shape of each class."""

    law: Shape
    """The law of the mixture with mean one."""

    @property
    def unloaded_s(self) -> float:
        """Mean seconds a worker is held when nothing else runs."""
        return self.cpu_s + self.database_s + self.delay_s


def mix(classes: tuple[RequestClass, ...], read_s: float) -> Mixture:
    """Return the mixture of the classes; `read_s` is the seconds of one device read.

    Raises
    ------
    ValueError
        If the shares do not sum to 1 or a class asks for nothing at all.

    """
    total = sum(kind.share for kind in classes)
    if not math.isclose(total, 1, abs_tol=1e-6):
        raise ValueError(f"shares of the request classes sum to {total}: they must sum to 1")
    means = [kind.unloaded_s(read_s) for kind in classes]
    for kind, mean in zip(classes, means, strict=True):
        if mean < 1e-9:
            raise ValueError(f"request class {kind.name!r} demands nothing: give it cpu_s, database_s or delay_s above 0")
    mean = sum(kind.share * m for kind, m in zip(classes, means, strict=True))
    second = sum(kind.share * m * m * (1 + kind.scv) for kind, m in zip(classes, means, strict=True))
    parts = tuple((kind.share, m / mean, shape_of(kind.scv)) for kind, m in zip(classes, means, strict=True))
    return Mixture(
        cpu_s=sum(kind.share * kind.cpu_s for kind in classes),
        database_s=sum(kind.share * kind.database_s for kind in classes),
        delay_s=sum(kind.share * (kind.delay_s + kind.io_reads * read_s) for kind in classes),
        scv=max(second / mean**2 - 1, 0.0),
        parts=parts,
        law=law_of(parts),
    )
