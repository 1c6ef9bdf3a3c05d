"""Why: the reasons of every topology, and where each figure comes from."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.origin import Origin
from workbench.views.cell import Branch
from workbench.views.reasons import pool_reasons, topology_reasons
from workbench.views.rendering import render_tree
from workbench.views.text import words


def why_text(comparison: Comparison) -> str:
    """Return reasons and origins as indented text."""
    reasons = [why_tree(comparison, result.name) for result in comparison.results]
    origins = [origin_tree(figure, origin) for figure, origin in comparison.origins.items()]
    return "\n".join(
        render_tree(branch) for branch in [*reasons, Branch("origins", (words("where the figures come from"),), tuple(origins))]
    )


def why_tree(comparison: Comparison, topology: str) -> Branch:
    """Return the reasons of a topology and of each of its pools."""
    result = comparison.result(topology)
    plan = tuple(Branch(text, (words(text),)) for text in topology_reasons(comparison, result))
    pools = tuple(
        Branch(pool.name, (words(pool.name),), tuple(Branch(text, (words(text),)) for text in pool_reasons(comparison, pool)))
        for pool in result.plan.pools
    )
    return Branch(topology, (words(topology),), (*plan, *pools))


def origin_tree(figure: str, origin: Origin) -> Branch:
    """Return where a figure comes from, down to what was measured."""
    return Branch(figure, (words(figure), words(origin_text(origin))), tuple(origin_tree("", parent) for parent in origin.parents))


def origin_text(origin: Origin) -> str:
    """Return an origin in one line: kind, what, period, samples, quality, day, range."""
    parts = [f"{origin.kind}: {origin.what}"]
    if origin.period is not None:
        parts.append(f"{origin.period[0]} … {origin.period[1]}")
    if origin.samples is not None:
        parts.append(f"{origin.samples:,d} samples")
    if origin.quality is not None:
        parts.append(f"{100 * origin.quality:.1f} % covered")
    if origin.as_of is not None:
        parts.append(f"as of {origin.as_of}")
    if origin.low is not None and origin.high is not None:
        parts.append(f"90 % within {origin.low:.3g} … {origin.high:.3g}")
    return ", ".join(parts)
