"""What recovery takes: written, or a belief that says it is one."""

import pytest

from workbench.study.findings import StudyErrors
from workbench.study.recovery import UNTESTED
from workbench.study.toml import read_study

OWN = """
[recovery]
detect = { value = "5 min", source = "own incidents of 2026" }
restore_mb_per_s = { value = 250, source = "own restore test, September" }
failover_works = 0.99
"""


def write(folder, text):
    path = folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[limits]", f"{text}\n[limits]", 1), encoding="utf-8")
    return folder


def test_what_nobody_tested_is_believed_and_says_so(folder):
    found = read_study(folder).recovery
    assert found == UNTESTED
    assert all(belief.assumed and belief.source == "assumption" for _, belief in found.beliefs)
    assert found.failover_h == pytest.approx(5 / 60)


def test_only_an_own_test_is_more_than_a_belief(folder):
    found = read_study(write(folder, OWN)).recovery
    assert (found.detect_h.value, found.detect_h.assumed) == (pytest.approx(5 / 60), False)
    assert found.restore_bytes_per_s.value == 250e6
    assert (found.failover_works.value, found.failover_works.assumed) == (0.99, True)
    assert found.failover_works.source == "stated without a source"
    assert found.promote_h == UNTESTED.promote_h


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[recovery]\nfailover_works = 1.2", "must be a share from 0 to 1"),
        ("[recovery]\ndetect = 5", "needs a unit"),
        ("[recovery]\nrestore_mb_per_s = 0", "must be above zero"),
        ('[recovery]\npromote = { source = "own" }', "is missing"),
        ("[recovery]\npromotes = 1", "is an unknown key"),
    ],
)
def test_a_broken_rule_is_named(folder, text, expected):
    with pytest.raises(StudyErrors, match=expected):
        read_study(write(folder, text))
