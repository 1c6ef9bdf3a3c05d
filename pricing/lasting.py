"""Needs that come and go, bought with what stays: own machines, commitments and volumes cannot be given back."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LastingPurchase:
    """Instances bought in one month and kept to the end of the horizon."""

    instances: int
    first_month: int


def lasting_purchases(needed: Sequence[int]) -> tuple[LastingPurchase, ...]:
    """Return when to buy so that every month's need is met and nothing is bought before it is needed.

    `needed`: instances needed in each month of the horizon. What is bought stays, so each purchase is a rise of the running maximum.
    """
    if any(count < 0 for count in needed):
        raise ValueError(f"needed is {list(needed)}: counts are not negative")
    held = 0
    purchases = []
    for month, count in enumerate(needed):
        if count > held:
            purchases.append(LastingPurchase(count - held, month))
            held = count
    return tuple(purchases)
