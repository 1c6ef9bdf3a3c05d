"""What the bars say about a session, in words."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.session import Session
from workbench.views.reasons import held_text


def basis_words(session: Session, comparison: Comparison | None) -> str:
    """Return horizon, percentile and currency; with a comparison also the age of its prices and its hash, held or not."""
    study = session.study
    percentile = f"{100 * study.policies['production'].plan_at:g}"
    parts = [f"horizon {study.horizon_months} months", f"plan at p{percentile}", study.money.currency]
    if comparison is not None:
        if comparison.price_dates is not None:
            parts.append(f"prices {comparison.price_dates[0]:%Y-%m-%d}")
        parts.append(comparison.basis.hash)
        if comparison.held_from is not None:
            parts.insert(0, held_text(comparison.held_from))
    return " · ".join(parts)


def data_words(session: Session) -> str:
    """Return how far the data reach."""
    return f"data to {session.observed.as_of:%Y-%m-%d}"
