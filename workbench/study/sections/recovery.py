"""[recovery]: how failures are noticed and mended; what is left out is a weak belief and is shown as one."""

from collections.abc import Callable

from workbench.study.durations import hours
from workbench.study.recovery import UNTESTED, Belief, Recovery
from workbench.study.section import Section
from workbench.study.values import positive_real, share, text

WITHOUT_SOURCE = "stated without a source"
_MEGA = 1e6


def read_recovery(section: Section) -> Recovery:
    """Return what recovery takes; each key holds a value, or `{ value = …, source = "own restore test, 2026-09" }`."""
    return Recovery(
        detect_h=_belief(section, "detect", hours, UNTESTED.detect_h),
        decide_h=_belief(section, "decide", hours, UNTESTED.decide_h),
        promote_h=_belief(section, "promote", hours, UNTESTED.promote_h),
        failover_works=_belief(section, "failover_works", share, UNTESTED.failover_works),
        both_fail=_belief(section, "both_fail", share, UNTESTED.both_fail),
        restore_bytes_per_s=_belief(section, "restore_mb_per_s", _megabytes, UNTESTED.restore_bytes_per_s),
        replication_lag_h=_belief(section, "replication_lag", hours, UNTESTED.replication_lag_h),
        ring_detection=_belief(section, "ring_detection", share, UNTESTED.ring_detection),
        ring_bake_h=_belief(section, "ring_bake", hours, UNTESTED.ring_bake_h),
        emergency_share=_belief(section, "emergency_share", share, UNTESTED.emergency_share),
        release_common_cause=_belief(section, "release_common_cause", share, UNTESTED.release_common_cause),
    )


def _belief(section: Section, key: str, parse: Callable[[object], float], usual: Belief) -> Belief:
    if key not in section:
        return usual
    if not isinstance(section.values[key], dict):
        return Belief(section.read(key, parse, usual.value), WITHOUT_SOURCE)
    inner = section.child(key)
    inner.require("value", f"{key} = {{ value = …, source = … }}")
    source = inner.read("source", text, WITHOUT_SOURCE)
    # As in [failures]: only what the user's own test confirms is more than a belief.
    return Belief(inner.read("value", parse, usual.value), source, not source.lower().startswith("own"))


def _megabytes(value: object) -> float:
    return positive_real(value) * _MEGA
