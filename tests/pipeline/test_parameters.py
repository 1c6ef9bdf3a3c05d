import numpy as np
import pytest

from workbench.pipeline.basis import Basis, canonical, fingerprint
from workbench.pipeline.origin import Origin, OriginKind, assumed, computed, measured
from workbench.pipeline.parameters import believed, fitted, from_peers, standard_normals


def test_draws_depend_on_owner_name_and_seed_alone():
    one = fitted("service_s", 0.05, 0.1, measured("x"))
    again, other, seeded = (one.draws(owner, 200, seed) for owner, seed in (("a", 1), ("b", 1), ("a", 2)))
    assert np.array_equal(one.draws("a", 200, 1), again)
    assert not np.array_equal(again, other)
    assert not np.array_equal(again, seeded)
    assert np.array_equal(one.draws("a", 200, 1)[:50], one.draws("a", 50, 1))


def test_draws_have_the_stated_median_and_range():
    parameter = fitted("service_s", 0.05, 0.2, measured("x"))
    draws = parameter.draws("a", 20_000, 1)
    assert np.median(draws) == pytest.approx(0.05, rel=0.01)
    assert np.quantile(draws, [0.05, 0.95]) == pytest.approx([parameter.low, parameter.high], rel=0.02)


def test_normals_are_standard():
    numbers = standard_normals("key", 50_000, 7)
    assert (numbers.mean(), numbers.std()) == pytest.approx((0, 1), abs=0.02)


def test_a_product_carries_both_uncertainties_and_both_origins():
    product = fitted("a", 2, 0.3, measured("m")).times(believed("b", 3, "nobody measured"), "ab")
    assert product.value == 6
    assert product.log_sd == pytest.approx(np.hypot(np.sqrt(np.log1p(0.09)), 0.5))
    assert product.origin.assumed()


def test_what_comes_from_peers_is_marked_and_at_least_as_wide_as_a_belief():
    peers = [fitted("x", value, 0.01, measured("m")) for value in (1.0, 1.1, 1.2)]
    found = from_peers("x", peers)
    assert found.value == pytest.approx(1.1)
    assert found.origin.kind == OriginKind.ASSUMED
    assert found.log_sd >= 0.5


def test_an_assumption_anywhere_behind_a_value_is_seen():
    assert computed("sum", measured("a"), computed("b", assumed("c"))).assumed()
    assert not computed("sum", measured("a"), Origin(OriginKind.PRICE_BOOK, "b")).assumed()


def test_the_basis_names_what_differs():
    one, other = Basis({"seed": "1", "prices": "a"}), Basis({"seed": "2", "prices": "a"})
    assert one.hash != other.hash
    assert len(one.hash) == 12
    assert one.differs(other) == ("seed",)
    assert one.differs(one) == ()


def test_the_hash_does_not_depend_on_the_order_of_entries():
    assert Basis({"a": "1", "b": "2"}).hash == Basis({"b": "2", "a": "1"}).hash
    assert canonical({"b": (1, 2)}) == {"b": [1, 2]}
    assert fingerprint(b"a", b"b") == fingerprint(b"ab")
