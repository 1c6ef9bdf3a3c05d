"""Times and sizes mean what people mean by them."""

import pytest

from workbench.study.durations import days, hours, months, seconds, weekly_hours
from workbench.study.findings import RuleError
from workbench.study.sizes import size_bytes, size_text


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (seconds, "800 ms", 0.8),
        (seconds, "0 min", 0.0),
        (seconds, "1.5 h", 5400.0),
        (hours, "15 min", 0.25),
        (hours, "1 day", 24.0),
        (days, "6 weeks", 42.0),
        (days, "12 months", 360.0),
        (months, "18 months", 18),
        (months, "2 years", 24),
        (weekly_hours, "Mon-Fri 06:00-20:00", 70.0),
        (weekly_hours, "Mon-Fri 06:00-20:00, Sat 08:00-12:00", 74.0),
        (weekly_hours, "Mon-Fri 06:00-20:00, Mon 08:00-12:00", 70.0),
        (weekly_hours, "Sun 22:00-02:00", 4.0),
        (weekly_hours, "Fri-Mon 00:00-24:00", 96.0),
        (weekly_hours, "always", 168.0),
        (size_bytes, "64 GiB", 64 * 2**30),
        (size_bytes, "1.5 kB", 1500),
    ],
)
def test_units(read, text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (seconds, "800", "needs a unit"),
        (seconds, 800, "needs a unit"),
        (seconds, "800 sec", "unknown unit 'sec'"),
        (seconds, "-1 s", "must not be negative"),
        (seconds, "soon", "is no duration"),
        (months, "1.5 months", "whole number of months"),
        (weekly_hours, "Mo-Fr 06:00-20:00", "is no weekly window"),
        (weekly_hours, "Mon-Foo 06:00-20:00", "names no weekday"),
        (weekly_hours, "Mon 06:00-25:00", "names no time of day"),
        (size_bytes, "64", "needs a number and a unit"),
        (size_bytes, "64 GIB", "unknown unit 'GIB'"),
    ],
)
def test_what_cannot_be_read_says_why(read, value, expected):
    with pytest.raises(RuleError, match=expected):
        read(value)


@pytest.mark.parametrize("amount", [1, 1023, 1024, 3 * 2**30, 2**40 + 2**20, 12345])
def test_a_size_written_reads_back_exactly(amount):
    assert size_bytes(size_text(amount)) == amount
