"""From a label's value to the tenant or the server it stands for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LabelRule:
    """How the values of one label name tenants (or servers)."""

    label: str | None = None
    """The label that `pattern` is for; None: whatever label a catalogue entry uses."""
    pattern: str | None = None
    """Regular expression that must match the whole value, with a group `tenant`; None: the value is the name."""
    exact: Mapping[str, str] = field(default_factory=dict)
    """Label value to name; goes before the pattern."""
    known: tuple[str, ...] = ()
    """Names that exist; a value equal to one of them needs no pattern. Empty: any name is taken."""

    def __post_init__(self) -> None:
        if self.pattern is not None:
            compiled(self.pattern)


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a tenant pattern, or raise ValueError naming what is wrong with it."""
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"tenant pattern {pattern!r}: {error}: must be a regular expression such as (?P<tenant>[a-z]+)_prod") from error
    if "tenant" not in expression.groupindex:
        raise ValueError(f"tenant pattern {pattern!r}: has no group named tenant: write for instance (?P<tenant>[a-z]+)_prod")
    return expression


def claims(rule: LabelRule, label: str, value: str, fallback: str | None = None) -> tuple[str, ...]:
    """Return every name that claims a label value, the one that wins first; `fallback` is the catalogue's own pattern."""
    names = [rule.exact[value]] if value in rule.exact else []
    own = rule.label in (None, label)
    pattern = rule.pattern if own and rule.pattern is not None else fallback
    if pattern is not None:
        match = compiled(pattern).fullmatch(value)
        if match is not None and match["tenant"]:
            names.append(match["tenant"])
    if value in rule.known or (pattern is None and not rule.known and not names):
        names.append(value)
    return tuple(dict.fromkeys(name for name in names if not rule.known or name in rule.known or value in rule.exact))


def name_of(rule: LabelRule, label: str, value: str, fallback: str | None = None) -> str | None:
    """Return the name a label value stands for, or None when nobody claims it."""
    found = claims(rule, label, value, fallback)
    return found[0] if found else None


def host_of(instance: str) -> str:
    """Return the host of an instance label: `db1:9187` and `db1` are the same server."""
    host, colon, port = instance.rpartition(":")
    return host if colon and port.isdigit() and host else instance
