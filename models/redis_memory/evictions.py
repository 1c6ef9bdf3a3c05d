"""Sessions that die before their time because a shared store is full: who loses them, and to whom."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_HALVINGS = 100


@dataclass(frozen=True, slots=True, eq=False)
class LostSessions:
    """What a full store costs each tenant; rates per second, shape (tenants, classes)."""

    evicted_per_s: NDArray[np.float64]
    """Keys thrown out before their life was over: forced logouts."""
    refused_per_s: NDArray[np.float64]
    """New keys that are not written at all (policy `noeviction`): failed logins."""
    keys: NDArray[np.float64]
    """Keys that stay, on average."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for name in ("evicted_per_s", "refused_per_s", "keys"):
            getattr(self, name).flags.writeable = False

    @property
    def lost_per_s(self) -> NDArray[np.float64]:
        """Shape (tenants,): sessions lost either way."""
        return np.asarray((self.evicted_per_s + self.refused_per_s).sum(axis=1))


def lost_sessions(created_per_s: NDArray[np.float64], lives_s: NDArray[np.float64], room_keys: float, policy: str) -> LostSessions:
    """Return what each tenant of a shared store loses in a steady state with room for so many keys.

    Random: every key dies at the same rate h, so λ·(1 − e^(−h·life))/h stay. Least recently (or frequently) used: keys idle for
    longer than one common time go, as in Che, Tung and Wang (2002). By time to live: the class with the shortest goes first.
    `noeviction`: new keys are refused until there is room.

    Parameters
    ----------
    created_per_s
        Shape (tenants, classes): new keys per second.
    lives_s
        Shape (classes,) or (tenants, classes): mean life of a key.
    room_keys
        Keys that fit: `maxmemory` less what is needed without keys, over bytes of a key; infinite without a limit.
    policy
        Redis's `maxmemory-policy`.

    Raises
    ------
    ValueError
        If a rate is negative or unknown, a life or the room is not above 0, or the policy is none of Redis's.

    """
    created = np.asarray(created_per_s, float)
    lives = np.broadcast_to(np.asarray(lives_s, float), created.shape)
    if created.ndim != 2 or not np.isfinite(created).all() or (created < 0).any():
        raise ValueError(f"created_per_s has shape {created.shape}: give known rates of at least 0, (tenants, classes)")
    if not (np.isfinite(lives).all() and (lives > 0).all() and room_keys > 0):
        raise ValueError(f"lives_s and room_keys {room_keys} must be above 0")
    kind = policy.rpartition("-")[2]
    if kind not in ("noeviction", "random", "lru", "lfu", "ttl"):
        raise ValueError(f"policy is {policy!r}: give one of Redis's, such as noeviction, allkeys-lru or volatile-ttl")
    wanted = created * lives
    nothing = np.zeros(created.shape)
    if wanted.sum() <= room_keys:
        return LostSessions(nothing, nothing.copy(), wanted)
    if kind == "noeviction":
        share = room_keys / float(wanted.sum())
        return LostSessions(nothing, created * (1 - share), wanted * share)
    keys, evicted = _kept(created, lives, room_keys, kind)
    return LostSessions(evicted, nothing, keys)


def lost_to(created_per_s: NDArray[np.float64], lives_s: NDArray[np.float64], room_keys: float, policy: str) -> NDArray[np.float64]:
    """Return sessions per second that a tenant (column) loses because another (row) shares its store, shape (tenants, tenants).

    What it loses with the other less what it would lose without; the diagonal is zero. Parameters as in `lost_sessions`.
    """
    created = np.asarray(created_per_s, float)
    together = lost_sessions(created, lives_s, room_keys, policy).lost_per_s
    found = np.zeros((created.shape[0], created.shape[0]))
    for tenant in range(created.shape[0]):
        without = created.copy()
        without[tenant] = 0.0
        found[tenant] = np.maximum(together - lost_sessions(without, lives_s, room_keys, policy).lost_per_s, 0.0)
        found[tenant, tenant] = 0.0
    return found


def room_for_keys(max_bytes: float | None, base_bytes: float, bytes_per_key: float) -> float:
    """Return how many keys fit below `maxmemory`; infinite without a limit (None or 0, as Redis has it)."""
    if not max_bytes:
        return math.inf
    if not (bytes_per_key > 0 and base_bytes >= 0):
        raise ValueError(f"base_bytes {base_bytes} and bytes_per_key {bytes_per_key}: give at least 0, and above 0")
    return max((max_bytes - base_bytes) / bytes_per_key, 1.0)


def _kept(
    created: NDArray[np.float64], lives: NDArray[np.float64], room: float, kind: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return keys that stay and keys evicted per second, for one number that fills the room."""
    if kind == "ttl":
        order = np.unique(lives)[::-1]
        keys, left = np.zeros(created.shape), room
        for life in order:
            here = lives == life
            wanted = float((created * lives)[here].sum())
            keys[here] = (created * lives)[here] * (min(left / wanted, 1.0) if wanted > 0 else 0.0)
            left = max(left - wanted, 0.0)
        return keys, created - keys / lives
    low, high = math.log(float(lives.min()) * 1e-9), math.log(float(lives.max()) * 1e9)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        keys = _staying(created, lives, math.exp(middle), kind)
        low, high = (middle, high) if keys.sum() < room else (low, middle)
    time = math.exp(high)
    keys = _staying(created, lives, time, kind)
    return keys, keys / time if kind == "random" else np.where(lives > time, created, 0.0)


def _staying(created: NDArray[np.float64], lives: NDArray[np.float64], time_s: float, kind: str) -> NDArray[np.float64]:
    if kind == "random":
        return np.asarray(created * time_s * -np.expm1(-lives / time_s))
    return np.asarray(created * np.minimum(lives, time_s))
