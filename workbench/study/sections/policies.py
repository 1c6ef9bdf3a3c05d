"""[policy.<environment>] and a tenant's own rules.

`overflow_per_hour` bounds workers beside the response objective: the probability, in an hour at the planned peak, that the accept queue
of any replica overflows. Beyond it connections are dropped and retried, and a pool may stay collapsed until arrivals fall far below
normal (measured on an Odoo 18.0-derived build, 2026-11). Left out, 0.05 is assumed and marked as an assumption.
"""

from collections.abc import Mapping

from workbench.study.cells import words
from workbench.study.durations import DAYS_PER_MONTH, days, hours, positive_seconds, weekly_hours, windows
from workbench.study.estate import Backup, Objective, Policy
from workbench.study.findings import RuleError
from workbench.study.section import Section
from workbench.study.values import one_of, probability, real, share

ENVIRONMENTS = ("production", "staging", "test")
"""Environments every study knows; others exist where [policy.NAME] says their rules."""
SURVIVES = ("none", "node", "zone", "region")

_EXAMPLE = 'response = { share = 0.95, within = "800 ms" }'


def read_policies(section: Section) -> Mapping[str, Policy]:
    """Return the rules of each environment; what one leaves out is as in production."""
    own = section.child("production")
    own.require("response", _EXAMPLE)
    policies = {"production": read_policy(own, Policy())}
    for environment in section.names:
        if environment != "production":
            policies[environment] = read_policy(section.child(environment), policies["production"])
    return policies


def read_policy(section: Section, default: Policy) -> Policy:
    """Return the rules of a table; missing keys are those of the default."""
    recovery = section.child("recovery")
    return Policy(
        objective=_objective(section, default.objective),
        overflow_per_hour=section.read("overflow_per_hour", _overflow, default.overflow_per_hour),
        plan_at=section.read("plan_at", probability, default.plan_at),
        headroom=section.read("headroom", _headroom, default.headroom),
        survives=section.read("survives", one_of(*SURVIVES), default.survives),
        rto_h=recovery.read("rto", hours, default.rto_h),
        rpo_h=recovery.read("rpo", hours, default.rpo_h),
        backup=_backup(section.child("backup"), default.backup),
        awake_hours_per_week=section.read("awake", weekly_hours, default.awake_hours_per_week),
        awake=section.read("awake", _awake, default.awake),
    )


def _objective(section: Section, default: Objective) -> Objective:
    response = section.child("response")
    if "response" in section:
        response.require("within", 'within = "800 ms"')
    return Objective(response.read("share", probability, default.share), response.read("within", positive_seconds, default.within_s))


def _backup(section: Section, default: Backup) -> Backup:
    keep = section.listed("keep", _keep_days) if "keep" in section else default.keep_days
    return Backup(
        every_h=section.read("every", _interval_hours, default.every_h),
        keep_days=tuple(sorted(keep)),
        restore_tests_per_year=section.read("restore_tests_per_year", real, default.restore_tests_per_year),
    )


def _interval_hours(value: object) -> float:
    return positive_seconds(value) / 3600


def _keep_days(value: object) -> int:
    length = days(value)
    if length != int(length) or length < 1:
        raise RuleError("must be whole days, at least one", f'e.g. "14 days" or "12 months" ({DAYS_PER_MONTH} days each)')
    return int(length)


def _overflow(value: object) -> float:
    found = share(value)
    if not 0 < found < 1:
        raise RuleError("must lie between 0 and 1, both excluded: a queue of finite room never never overflows", "e.g. 0.05")
    return found


def _headroom(value: object) -> float:
    found = share(value)
    if found == 1.0:
        raise RuleError("keeps everything free, so nothing could ever run", "e.g. 0.10")
    return found


def _awake(value: object) -> str | None:
    if words(value) == "always":
        return "always"
    # The hours are judged where they are counted; here the words are only kept.
    try:
        return windows(value)
    except RuleError:
        return None
