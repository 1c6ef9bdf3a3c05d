"""Reasons as sentences, with the names that models do not know."""

from collections.abc import Callable, Mapping

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.figures import Result
from workbench.pipeline.pools import Pool
from workbench.pipeline.show_reasons import Reason, ReasonCode
from workbench.views.text import figures, quantity_text, resource_name, share

MOST_NAMES = 6
"""Names said in a sentence before the rest is counted."""


def topology_reasons(comparison: Comparison, result: Result) -> tuple[str, ...]:
    """Return every reason about a plan as a whole and its infeasible pools, each once."""
    plan = [reason_text(comparison, reason) for reason in result.plan.reasons]
    pools = [f"{pool.name}: {reason_text(comparison, reason, pool)}" for pool in result.plan.pools for reason in pool.reasons]
    return tuple(dict.fromkeys([*plan, *search_text(result), *pools]))


def pool_reasons(comparison: Comparison, pool: Pool) -> tuple[str, ...]:
    """Return why a pool is as it is: what binds it, then its own reasons."""
    headroom, resource, month = pool.tightest()
    found = []
    if resource is not None:
        when = comparison.factory.window.month_start(month)
        found.append(f"{resource_name(resource)} binds in {when:%Y-%m}: headroom {share(headroom).text}")
    return (*found, *(reason_text(comparison, reason, pool) for reason in pool.reasons))


def search_text(result: Result) -> tuple[str, ...]:
    """Return how well the partition is proven."""
    search = result.plan.search
    if search is None:
        return ()
    if search.held_from is not None:
        return (f"{held_text(search.held_from)}: it was searched for other figures and only sized for these",)
    if search.exact:
        return (f"the best split there is, proven by looking at {search.evaluated:,d} groups",)
    gap = "how much better a split could be is not known" if search.gap is None else f"within {100 * search.gap:.1f} % of the best possible"
    return (f"{gap}, by {search.bound_from}; {search.evaluated:,d} groups looked at",)


def held_text(basis: str) -> str:
    """Return what is said of figures whose partition was found for others."""
    return f"partition of basis {basis} held, gap not checked"


def reason_text(comparison: Comparison, reason: Reason, pool: Pool | None = None) -> str:
    """Return a reason as a sentence with tenant and offer names."""
    return _SENTENCES[reason.code](comparison, reason, pool)


def names_text(names: tuple[str, ...]) -> str:
    """Return names with commas, the many beyond a few as a count."""
    if len(names) <= MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[:MOST_NAMES])} and {len(names) - MOST_NAMES} more"


def _tenants(comparison: Comparison, reason: Reason) -> str:
    return names_text(tuple(comparison.tenants[i] for i in reason.tenants)) or "nobody in particular"


def _offers(comparison: Comparison, reason: Reason) -> str:
    return ", ".join(comparison.factory.sizer.machines.offers[i].id for i in reason.offers)


def _amount(reason: Reason, name: str) -> str:
    unit = "" if reason.resource is None else reason.resource.unit
    value = reason.figures.get(name)
    return "?" if value is None else quantity_text(value, unit)


def _binding(_comparison: Comparison, reason: Reason, _pool: Pool | None) -> str:
    return f"{resource_name(reason.resource)} runs out first: {_amount(reason, 'demand')} of {_amount(reason, 'usable')}"


def _not_checked(_comparison: Comparison, reason: Reason, _pool: Pool | None) -> str:
    return f"{resource_name(reason.resource)} is not checked, nobody gave its limit; demand is {_amount(reason, 'demand')}"


def _too_small(comparison: Comparison, reason: Reason, _pool: Pool | None) -> str:
    if "largest" not in reason.figures:
        return "no allowed offer carries it: allow larger ones in [platform] offers, or split the pool"
    offer = _offers(comparison, reason)
    return (
        f"{resource_name(reason.resource)} needs {_amount(reason, 'demand')}, the largest allowed offer {offer} has "
        f"{_amount(reason, 'largest')}: allow larger ones in [platform] offers, or split the pool"
    )


def _forced(comparison: Comparison, reason: Reason, _pool: Pool | None) -> str:
    study = comparison.factory.sizer.study
    because = [study.tenant(comparison.tenants[i]).isolation_because for i in reason.tenants]
    why = ", ".join(dict.fromkeys(one for one in because if one)) or "its isolation in the study"
    return f"{_tenants(comparison, reason)} stands alone: {why}"


def _sharing_rule(comparison: Comparison, reason: Reason, _pool: Pool | None) -> str:
    return f"{_tenants(comparison, reason)} may not share: image, PostgreSQL version or class differ"


def _users_limit(comparison: Comparison, reason: Reason, _pool: Pool | None) -> str:
    limit = comparison.factory.sizer.study.users_share_limit
    return f"together {_tenants(comparison, reason)} hold more than the allowed {share(limit).text} of users"


def _no_data(comparison: Comparison, reason: Reason, _pool: Pool | None) -> str:
    return f"what runs today does not say where {_tenants(comparison, reason)} stand in a layer: grouped as the rules allow"


def _plain(text: str) -> Callable[[Comparison, Reason, Pool | None], str]:
    return lambda _comparison, _reason, _pool: text


def _of_resource(text: str) -> Callable[[Comparison, Reason, Pool | None], str]:
    return lambda _comparison, reason, _pool: text.format(resource=resource_name(reason.resource), figures=_listed(reason))


def _listed(reason: Reason) -> str:
    return ", ".join(f"{name} {figures(value)}" for name, value in reason.figures.items())


_SENTENCES: Mapping[ReasonCode, Callable[[Comparison, Reason, Pool | None], str]] = {
    ReasonCode.BINDING: _binding,
    ReasonCode.NOT_CHECKED: _not_checked,
    ReasonCode.TOO_SMALL: _too_small,
    ReasonCode.FORCED: _forced,
    ReasonCode.SHARING_RULE: _sharing_rule,
    ReasonCode.USERS_LIMIT: _users_limit,
    ReasonCode.EXTRAPOLATED: _of_resource("{resource} lies beyond what was observed"),
    ReasonCode.ASSUMED: _of_resource("{resource} rests on an assumption"),
    ReasonCode.SHORT_HISTORY: _plain("history is too short for a yearly season: growth is wide"),
    ReasonCode.NO_DATA: _no_data,
    ReasonCode.MISSING_PRICE: _plain("a price is missing: no total, not ranked"),
    ReasonCode.NOTHING_BETTER: _plain("nothing between the pure topologies is better here"),
    ReasonCode.OVERFLOW: _plain("the accept queue bounds the workers, not the response objective"),
    ReasonCode.UNSTABLE: _of_resource("{resource} is asked for more than the pool can ever serve"),
    ReasonCode.METASTABLE: _of_resource("{resource} may stay overloaded after a surge: it may not recover by itself"),
    ReasonCode.COLLAPSED: _of_resource("{resource} had collapsed in some measurements; they were left out"),
    ReasonCode.NOT_IDENTIFIED: _of_resource("the measurements do not determine {resource} ({figures})"),
    ReasonCode.NOT_SEPARABLE: _of_resource("the measurements show parts of {resource} only together ({figures})"),
}
