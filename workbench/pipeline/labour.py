"""Hours of work that pools and environments take."""

from decimal import Decimal

from models.topology.resources import Layer
from workbench.study.estate import Study

OPERATED: tuple[Layer, ...] = (Layer.WORKERS, Layer.DATABASE, Layer.CACHE)
"""Layers whose pools somebody patches and watches; balancers, file and object storage are the provider's."""
RELEASED: Layer = Layer.WORKERS
"""The layer whose pools a release goes to."""
MONTHS_PER_YEAR = Decimal(12)
RESTORE_TEST_HOURS = Decimal(2)
"""Hours a restore test of one database pool takes; a belief."""


def pool_hours(study: Study, layer: Layer) -> Decimal:
    """Return hours a month for a pool of a layer, releases included."""
    labour = study.labour
    hours = labour.hours_per_month.get("pool", Decimal(0)) if layer in OPERATED else Decimal(0)
    if layer == RELEASED:
        hours += labour.hours_per_release.get("pool", Decimal(0)) * labour.releases_per_year / MONTHS_PER_YEAR
    return hours


def environment_hours(study: Study, *, regulated: bool) -> Decimal:
    """Return hours a month for one tenant, whatever pools it stands in."""
    labour = study.labour
    hours = labour.hours_per_month.get("environment", Decimal(0))
    hours += labour.hours_per_release.get("environment", Decimal(0)) * labour.releases_per_year / MONTHS_PER_YEAR
    return hours + (labour.hours_per_month.get("regulated", Decimal(0)) if regulated else Decimal(0))


def restore_test_hours(study: Study, environment_tests_per_year: float) -> Decimal:
    """Return hours a month for restore tests of one database pool."""
    return RESTORE_TEST_HOURS * Decimal(str(environment_tests_per_year)) / MONTHS_PER_YEAR if study.labour.per_hour else Decimal(0)


def restore_machine_hours(tests_per_year: float) -> Decimal:
    """Return hours a month for which a machine runs to restore to, whoever watches it."""
    return RESTORE_TEST_HOURS * Decimal(str(tests_per_year)) / MONTHS_PER_YEAR


def environment_free_hours(study: Study, layer: Layer) -> float:
    """Return the hours a month that one more pool of a layer costs, for the search."""
    return float(pool_hours(study, layer))
