"""Who may share with whom, and which tenants can never meet."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def mates_of(count: int, compatible: NDArray[np.bool_] | None, alone: Sequence[int]) -> tuple[int, ...]:
    """Return for every tenant the group (integer) of those it may share with, itself included.

    `compatible` is symmetric, shape (count, count); `alone` share with nobody.
    """
    if count < 1:
        raise ValueError(f"count is {count}: at least one tenant is needed")
    if not all(0 <= tenant < count for tenant in alone):
        raise ValueError(f"alone names {sorted(set(alone))}: tenants are 0 to {count - 1}")
    share = np.ones((count, count), dtype=np.bool_) if compatible is None else np.array(compatible, dtype=np.bool_)
    if share.shape != (count, count):
        raise ValueError(f"compatible has shape {share.shape}, not {(count, count)}")
    if (share != share.T).any():
        one, two = np.argwhere(share != share.T)[0]
        raise ValueError(f"compatible differs between tenants {one} and {two} in the two directions: it must be symmetric")
    share[list(alone)] = False
    share[:, list(alone)] = False
    np.fill_diagonal(share, val=True)
    return tuple(int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little") for row in share)


def components(mates: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the sets of tenants that can reach each other by sharing, each ascending, by first tenant."""
    found = []
    left = dict.fromkeys(range(len(mates)))
    while left:
        first = next(iter(left))
        reached, frontier = {first}, [first]
        while frontier:
            tenant = frontier.pop()
            new = [other for other in left if mates[tenant] >> other & 1 and other not in reached]
            reached.update(new)
            frontier += new
        found.append(tuple(sorted(reached)))
        for tenant in reached:
            del left[tenant]
    return found
