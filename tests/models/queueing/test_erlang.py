import subprocess
import sys

import numpy as np
import pytest

from models.queueing import erlang_b, erlang_c


def test_recursion_is_stable_at_a_hundred_thousand_servers():
    assert 0 < erlang_b(100_000.0, 100_000) < 0.01
    assert erlang_c(99_683.0, 100_000) == pytest.approx(0.2235, abs=2e-2)  # square-root staffing: c - a = 1.0035 sqrt(a)
    assert erlang_b(10.0, 100_000) == 0


def test_halfin_whitt_limit():
    """P(wait) with c = a + b sqrt(a) tends to 1 / (1 + b Phi(b) / phi(b)) (Halfin & Whitt 1981)."""
    from scipy.stats import norm

    load, beta = 1e5, 0.5
    limit = 1 / (1 + beta * norm.cdf(beta) / norm.pdf(beta))
    assert erlang_c(load, int(load + beta * np.sqrt(load))) == pytest.approx(limit, rel=5e-3)


def test_arrays_broadcast_and_agree_with_scalars():
    loads, servers = np.array([[0.5], [3.0], [9.0]]), np.array([1, 4, 10])
    losses, delays = erlang_b(loads, servers), erlang_c(loads, servers)
    assert losses.shape == delays.shape == (3, 3)
    for i, load in enumerate(loads[:, 0]):
        for j, count in enumerate(servers):
            assert losses[i, j] == pytest.approx(erlang_b(float(load), int(count)))
            assert delays[i, j] == pytest.approx(erlang_c(float(load), int(count)))


def test_edges():
    assert erlang_b(0.0, 3) == 0
    assert erlang_b(2.0, 0) == 1
    assert erlang_c(5.0, 5) == 1
    assert erlang_c(0.0, 1) == 0


@pytest.mark.parametrize(
    ("load", "servers", "name"), [(-1.0, 2, "offered_load"), (np.nan, 2, "offered_load"), (1.0, -1, "servers"), (1.0, 1.5, "servers")]
)
def test_impossible_arguments_are_refused_by_name(load, servers, name):
    with pytest.raises(ValueError, match=f"^{name}="):
        erlang_c(load, servers)


def test_importing_the_room_loads_neither_numba_nor_scipy():
    check = "import sys, models.queueing; sys.exit(any(name in sys.modules for name in ('numba', 'scipy')))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
