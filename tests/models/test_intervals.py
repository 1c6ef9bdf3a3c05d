"""Intervals are ordered, plain and scale."""

import math

import numpy as np
import pytest

from models.intervals import Interval, student_90


def test_bounds_must_be_ordered_and_known():
    for bounds in ((2, 1, 3), (0, 1, 0.5), (0, math.nan, 1)):
        with pytest.raises(ValueError, match="ordered"):
            Interval(*bounds)


def test_values_are_plain_floats():
    assert type(Interval(np.float64(1), 2, np.float32(3)).low) is float


def test_scaling_keeps_order_and_refuses_to_turn_it():
    assert Interval(1, 2, 4).times(0.5) == Interval(0.5, 1, 2)
    with pytest.raises(ValueError, match="factor"):
        Interval(1, 2, 3).times(-1)


def test_half_width_is_relative():
    assert Interval(9, 10, 12).half_width == pytest.approx(0.15)
    assert Interval(0, 0, 1).half_width == math.inf
    assert Interval(0, 0, 0).half_width == 0


def test_student_quantiles_match_the_printed_table():
    # Two-sided 90 %: 1, 5 and 30 degrees of freedom of the usual table; below one is as wide as one.
    assert [student_90(freedom) for freedom in (1, 5, 30)] == pytest.approx([6.314, 2.015, 1.697], abs=5e-4)
    assert student_90(0) == student_90(1)


def test_draws_reach_the_bounds_at_the_normal_quantiles_and_keep_their_order():
    figure = Interval(1, 2, 8)
    assert figure.at(np.array([-1.6448536, 0.0, 1.6448536])) == pytest.approx([1, 2, 8], rel=1e-6)
    drawn = figure.at(np.linspace(-4, 4, 50))
    assert (np.diff(drawn) > 0).all()
    assert (Interval(0, 1, 3).at(np.array([-5.0, 0.0])) == [0, 1]).all()
    assert Interval(0, 0, 3).at(np.array([1.6448536]))[0] == pytest.approx(3)
