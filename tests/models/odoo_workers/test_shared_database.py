"""Replicas over one database: what they carry together is found where they meet in it."""

import pytest

from models.odoo_workers import RequestClass, WorkerPool

CLASSES = tuple(
    RequestClass(name, share=share, cpu_s=cpu_s, database_s=database_s, scv=1.5)
    for name, share, cpu_s, database_s in (
        ("read", 0.6, 0.03, 0.015),
        ("write", 0.3, 0.12, 0.05),
        ("report", 0.1, 0.6, 0.3),
    )
)


@pytest.mark.parametrize(
    ("workers", "cores", "replicas", "database_cores"),
    [(17, 8.0, 2, 6.0), (9, 4.0, 4, 4.0), (33, 16.0, 6, 8.0), (4, 2.0, 2, 1.0), (16, 8.0, 8, 2.0)],
)
def test_what_a_pool_carries_just_keeps_the_objective_however_small_its_database(workers, cores, replicas, database_cores):
    pool = WorkerPool(
        workers=workers, cores=cores, classes=CLASSES, database="shared", replicas=replicas, database_cores=database_cores
    )  # fmt: skip
    carried = pool.usable(0.95, 1.5, overflow_per_hour=0.05)
    assert carried.keeps_response > 0
    assert pool.at(carried.keeps_response).answered_within(1.5) == pytest.approx(0.95, abs=2e-4)
    assert pool.at(1.03 * carried.keeps_response).answered_within(1.5) < 0.95


def test_more_database_never_carries_less():
    carried = [
        WorkerPool(workers=17, cores=8.0, classes=CLASSES, database="shared", replicas=4, database_cores=cores).capacity(0.95, 1.5)
        for cores in (1.0, 2.0, 4.0, 8.0, 16.0)
    ]
    assert carried == sorted(carried)
