"""A worker pool under edits whose plan is still being computed: the model answers at once, the plan follows."""

from dataclasses import replace

from workbench.pipeline.session import Session
from workbench.pipeline.show_servers import factor_of
from workbench.pipeline.show_sizing import Setup
from workbench.pipeline.sizing.options import cores
from workbench.study.edits import PinOffer, SetObjective, SetReplicas, SetWorkers
from workbench.study.edits.kinds import Edit

PRODUCTION = "production"


def what_if(session: Session, topology: str, setup: Setup, edits: tuple[Edit, ...]) -> Setup:
    """Return a planned pool with edits on top of those of its session; machines stay as many as planned unless an edit sets them.

    Edits of workers, machines, the pool's machine kind, requests of all tenants and the objective of production count; the others change
    other panels or only the plan.
    """
    sizer = session.factory.sizer
    changed = setup
    for edit in edits:
        match edit:
            case SetWorkers() if edit.pool == setup.pool:
                changed = replace(changed, workers=edit.workers)
            case SetReplicas() if edit.pool == setup.pool:
                changed = replace(changed, replicas=edit.replicas)
            case PinOffer() if (edit.topology, edit.pool) == (topology, setup.pool):
                each = cores(sizer.book.offer(edit.offer, sizer.rates.region))
                changed = replace(changed, cores=each, offer=edit.offer, per_machine=sizer.rates.machine(edit.offer))
            case SetObjective() if edit.target == PRODUCTION:
                changed = replace(changed, load=replace(changed.load, share=edit.share, within_s=edit.within_s))
    before, after = (factor_of(made, "requests") for made in (session.edits, edits))
    rate = None if changed.load.rate is None else changed.load.rate * after / before
    return replace(changed, load=replace(changed.load, rate=rate))
