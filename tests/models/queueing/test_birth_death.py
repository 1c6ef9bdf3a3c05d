import numpy as np
import pytest
from scipy.linalg import expm

from models.queueing.birth_death import _implicit, _uniformised, advanced

STATES = 60


def generator(rate, completions):
    matrix = np.diag(np.full(len(completions) - 1, rate), 1) + np.diag(completions[1:], -1)
    return matrix - np.diag(matrix.sum(axis=1))


@pytest.mark.parametrize("way", [advanced, _implicit, _uniformised])
@pytest.mark.parametrize("rate", [0.0, 2.0, 5.0])
@pytest.mark.parametrize("span_s", [0.3, 5.0, 80.0])
def test_every_way_is_the_matrix_exponential(way, rate, span_s):
    completions = np.minimum(np.arange(STATES), 4) * 1.0
    p = np.zeros(STATES)
    p[[3, 40]] = 0.5
    np.testing.assert_allclose(way(p, rate, completions, span_s), p @ expm(generator(rate, completions) * span_s), atol=1e-8)


def test_both_ways_agree_on_a_long_backlog():
    completions = np.minimum(np.arange(3000), 8) * 20.0
    p = np.zeros(3000)
    p[2000] = 1.0
    implicit, counted = _implicit(p, 120.0, completions, 20.0), _uniformised(p, 120.0, completions, 20.0)
    np.testing.assert_allclose(implicit, counted, atol=1e-8)
    assert implicit @ np.arange(3000) == pytest.approx(2000 - 40 * 20, rel=1e-9)


def test_probability_is_neither_made_nor_lost_over_a_long_span():
    completions = np.minimum(np.arange(500), 8) * 20.0
    p = np.zeros(500)
    p[0] = 1.0
    settled = advanced(p, 150.0, completions, 3600.0)
    n = np.arange(1, 500)
    known = np.concatenate([[1.0], np.cumprod(150.0 / completions[n])])
    assert settled.sum() == pytest.approx(1, abs=1e-9)
    np.testing.assert_allclose(settled, known / known.sum(), atol=1e-9)
