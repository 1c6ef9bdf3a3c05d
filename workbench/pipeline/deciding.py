"""What a session knows of the decision between its topologies: at once, or with growth varied and the frontier searched."""

from workbench.pipeline.comparison import Comparison
from workbench.pipeline.decision import Decision, Progress, decide, decide_fully
from workbench.pipeline.session import Session
from workbench.pipeline.shelf import joined_key, text_of


def full_decision(session: Session, comparison: Comparison, progress: Progress) -> Decision:
    """Return the decision with growth varied and the frontier searched; computed once for a comparison."""
    return session.once(_name(session, comparison), lambda: decide_fully(session, comparison, progress))


def known_decision(session: Session, comparison: Comparison) -> Decision:
    """Return the full decision if it was computed already, else what follows at once."""
    name = _name(session, comparison)
    if session.knows(name):
        return full_decision(session, comparison, session.progress)
    return session.once(f"{name} at once", lambda: decide(comparison))


def _name(session: Session, comparison: Comparison) -> str:
    names = [result.name for result in comparison.results]
    asked = (comparison.basis.entries, session.adjustments, session.study.topologies, session.held, names)
    return f"decision {joined_key(*(text_of(one) for one in asked))}"
