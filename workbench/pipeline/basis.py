"""Everything that must be equal for a fair comparison, frozen and hashed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import cast

from workbench.study.edits import Adjustments
from workbench.study.estate import Study

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
DIGITS = 12


@dataclass(frozen=True, slots=True)
class Basis:
    """The common ground of a comparison."""

    entries: Mapping[str, str]
    """Entry to its canonical JSON."""

    @property
    def hash(self) -> str:
        """First 12 hex digits of the SHA-256 over the canonical JSON of all entries."""
        text = json.dumps(dict(self.entries), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]

    def differs(self, other: "Basis") -> tuple[str, ...]:
        """Return the names of the entries that differ."""
        return tuple(sorted(name for name in {*self.entries, *other.entries} if self.entries.get(name) != other.entries.get(name)))


def basis_of(study: Study, adjustments: Adjustments, as_of: date, demand: str, prices: str) -> Basis:
    """Return the basis of a study; `demand` and `prices` are fingerprints of the paths and of the price books."""
    tenants = [
        {
            "name": t.name,
            "policy": canonical(study.policy_of(t)),
            "isolation": canonical({str(k): v for k, v in t.isolation.items()}),
            "runs": canonical(t.runs),
            "users": t.users,
            "downtime": canonical(t.downtime),
            "processes": canonical(t.processes),
            "like": t.like,
            "scale": t.scale,
            "starts": canonical(t.starts),
            "ends": canonical(t.ends),
        }
        for t in sorted(study.tenants, key=lambda t: t.name)
    ]
    entries: dict[str, object] = {
        "as_of": as_of,
        "horizon_months": study.horizon_months,
        "seed": study.seed,
        "demand": demand,
        "tenants": tenants,
        "platform": study.platform,
        "purchase": study.purchase,
        "prices": prices,
        "price_edits": {f"{offer} {unit}": price for (offer, unit), price in adjustments.prices.items()},
        "demand_edits": {"drivers": adjustments.driver_factors, "cache": adjustments.cache_bytes, "ttl": adjustments.ttl_s},
        "money": study.money,
        "labour": study.labour,
        "failures": study.failures,
        "recovery": study.recovery,
        "incidents": study.incidents,
        "limits": {"users_share": study.users_share_limit},
    }
    return Basis({name: json.dumps(canonical(value), sort_keys=True, separators=(",", ":")) for name, value in entries.items()})


def canonical(value: object) -> Json:
    """Return a value as plain JSON; Decimals and dates as text, so that no digit is lost."""
    if is_dataclass(value) and not isinstance(value, type):
        return canonical(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [canonical(item) for item in value]
    if isinstance(value, Decimal | date | Path):
        return str(value)
    return cast("Json", value)


def fingerprint(*parts: bytes) -> str:
    """Return 16 hex digits over some bytes."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()[:16]
