"""Splitting workers into queues costs usable load, less the more evenly they are filled and the larger they are."""

import pytest

from models.odoo_workers import WorkerPool, price_of_splitting


def test_one_replica_pays_nothing():
    price = price_of_splitting(WorkerPool(4, 2.0, cpu_s=0.05))
    assert price.share == 0
    assert price.split == price.whole


def test_more_and_smaller_queues_cost_more():
    shares = [
        price_of_splitting(WorkerPool(24 // count, 12.0 / count, cpu_s=0.05, scv=2.0, replicas=count)).share for count in (1, 2, 4, 12)
    ]
    assert shares == sorted(shares)
    assert shares[-1] > 0.3
    wholes = [price_of_splitting(WorkerPool(24 // count, 12.0 / count, cpu_s=0.05, scv=2.0, replicas=count)).whole for count in (2, 12)]
    assert wholes[0] == pytest.approx(wholes[1])


def test_even_balancing_wins_some_of_it_back():
    kinds = ("random", "least_connections", "round_robin")
    shares = [price_of_splitting(WorkerPool(4, 2.0, cpu_s=0.05, scv=2.0, replicas=4, balancing=kind)).share for kind in kinds]
    assert shares[0] > shares[1] > shares[2] > 0


def test_databases_of_their_own_are_joined_too():
    pool = WorkerPool(8, 4.0, cpu_s=0.02, database_s=0.05, database_cores=2.0, database="dedicated", replicas=3)
    assert price_of_splitting(pool).whole > 2.9 * WorkerPool(8, 4.0, cpu_s=0.02, database_s=0.05, database_cores=2.0).capacity()
