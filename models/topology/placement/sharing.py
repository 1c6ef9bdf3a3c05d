"""Who may share a pool with whom, from isolation, kinds, conflicts and compatibility; and tenants that must share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Sharing:
    """Rules about pairs of tenants."""

    conflicts: Sequence[tuple[int, int]] = ()
    """Pairs that may not share."""
    dedicated: Sequence[int] = ()
    """Tenants that share with nobody."""
    kinds: Sequence[int] | NDArray[np.int64] | None = None
    """Shape (tenants,) or (tenants, kinds): labels that must all be equal (image, version, class, region)."""
    compatible: NDArray[np.bool_] | None = None
    """Shape (tenants, tenants), symmetric: who may share (maintenance windows, regions)."""


def may_share(rules: Sharing, count: int) -> NDArray[np.bool_]:
    """Return who may share with whom, shape (count, count); everybody with itself.

    Raises
    ------
    ValueError
        If a rule is malformed.

    """
    share = _same_kind(rules.kinds, count) & _compatible(rules.compatible, count)
    for one, two in rules.conflicts:
        if one == two or not (0 <= one < count and 0 <= two < count):
            raise ValueError(f"conflict ({one}, {two}): it names two different tenants between 0 and {count - 1}")
        share[one, two] = share[two, one] = False
    wrong = [tenant for tenant in rules.dedicated if not 0 <= tenant < count]
    if wrong:
        raise ValueError(f"dedicated names {wrong}: tenants are 0 to {count - 1}")
    share[list(rules.dedicated)] = False
    share[:, list(rules.dedicated)] = False
    np.fill_diagonal(share, val=True)
    return share


def _same_kind(kinds: Sequence[int] | NDArray[np.int64] | None, count: int) -> NDArray[np.bool_]:
    labels = np.zeros((count, 1), dtype=np.int64) if kinds is None else np.asarray(kinds)
    if labels.ndim not in {1, 2} or len(labels) != count:
        raise ValueError(f"kinds has shape {labels.shape}: give one label, or one row of labels, for each of {count} tenants")
    labels = labels.reshape(count, -1)
    return np.asarray((labels[:, None] == labels[None]).all(axis=2), dtype=np.bool_)


def _compatible(compatible: NDArray[np.bool_] | None, count: int) -> NDArray[np.bool_]:
    share = np.ones((count, count), dtype=np.bool_) if compatible is None else np.array(compatible, dtype=np.bool_)
    if share.shape != (count, count):
        raise ValueError(f"compatible has shape {share.shape}, not {(count, count)}")
    if (share != share.T).any():
        one, two = np.argwhere(share != share.T)[0]
        raise ValueError(f"compatible differs between tenants {one} and {two} in the two directions: it must be symmetric")
    return share
