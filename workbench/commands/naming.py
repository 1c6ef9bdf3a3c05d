"""Guess how one label names tenants, from labels that name the same tenants plainly."""

import re
from collections.abc import Collection, Mapping

from workbench.sources.labels import LabelRule

_ENVIRONMENTS = re.compile(r"stag|test|dev|demo|train|uat|qa", re.IGNORECASE)
"""An addition with one of these names another environment, which is a tenant of its own."""
LEAST = 2
"""Fewer values that follow a rule are a coincidence."""


def guess_rule(values: Mapping[str, Collection[str]]) -> LabelRule:
    """Return the rule that reads most of a label's values as those of other labels with one addition: leipzig_prod beside leipzig.

    `values` maps each label to its values. Without such a label the rule takes every value as it is.
    """
    for label, spelled in sorted(values.items()):
        plain = {value for other, names in values.items() if other != label for value in names}
        counts: dict[tuple[str, str], int] = {}
        for value in spelled:
            for affix in _affixes(value, plain):
                counts[affix] = counts.get(affix, 0) + 1
        followed, affix = max(((count, affix) for affix, count in counts.items()), default=(0, ("", "")))
        if followed >= LEAST and 2 * followed > len(spelled):
            return LabelRule(label, f"{re.escape(affix[0])}(?P<tenant>.+){re.escape(affix[1])}")
    return LabelRule()


def _affixes(value: str, plain: Collection[str]) -> set[tuple[str, str]]:
    """Return what stands before and after each plain name that a value holds at one of its ends."""
    found = {("", value[len(name) :]) for name in plain if value.startswith(name) and value != name}
    found |= {(value[: -len(name)], "") for name in plain if value.endswith(name) and value != name}
    return {affix for affix in found if not _ENVIRONMENTS.search("".join(affix))}
