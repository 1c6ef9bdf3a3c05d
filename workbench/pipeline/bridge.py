"""Why a bill moved: one input at a time is exchanged for its new value, in a fixed order, and the steps add up to the cent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from pricing.book import PriceBook
from workbench.pipeline.bridge_demand import growing_as_before, months_between
from workbench.pipeline.bridge_facts import Fact, facts_of
from workbench.pipeline.kept import Kept
from workbench.pipeline.session import Progress, Session, open_session
from workbench.pipeline.shelf import shelf
from workbench.study.edits import Edit
from workbench.study.estate import Study


class Cause(StrEnum):
    """An input of the figures, in the order in which a bridge exchanges them."""

    DEMAND = "actual demand"
    TENANTS = "tenants"
    GROWTH = "growth fit"
    PRICES = "prices"
    EXCHANGE = "exchange"
    POLICY = "policy"
    VERSION = "model version"


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """All that a result follows from beside history and the program."""

    study: Study
    """With the day of its figures as `as_of`."""
    edits: tuple[Edit, ...]
    book: PriceBook


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a topology costs; None while a price is missing or a pool cannot be built."""

    monthly_cost: Decimal | None
    total_cost: Decimal | None

    def less(self, other: "Amounts") -> "Amounts":
        """Return the difference to other amounts; None where one of both is unknown."""
        return Amounts(_less(self.monthly_cost, other.monthly_cost), _less(self.total_cost, other.total_cost))


@dataclass(frozen=True, slots=True)
class Step:
    """What one input moved."""

    cause: Cause
    moved: Amounts
    facts: tuple[Fact, ...]
    """What is different in the input; none: it is as before."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """From one figure of a topology to a later one; `before`, plus what each step moved, is `after`."""

    topology: str
    before: Amounts
    steps: tuple[Step, ...]
    after: Amounts


def make_bridges(
    before: Inputs,
    after: Inputs,
    recorded: tuple[Mapping[str, Amounts], Mapping[str, Amounts] | None],
    versions: tuple[str, str],
    progress: Progress,
) -> tuple[Bridge, ...]:
    """Return a bridge for every topology that was recorded before and can be planned after.

    `recorded`: topology to its amounts as they were frozen, before and after (None: computed now). What the same inputs cost in this
    program beyond what was frozen is the step of the model's version, shown last.
    """
    if before.study.money.currency != after.study.money.currency:
        raise ValueError(
            f"one result is in {before.study.money.currency}, the other in {after.study.money.currency}: "
            "a bridge needs one currency; set [money] currency of one study to that of the other"
        )
    states = _states(before, after, progress)
    frozen, frozen_after = recorded
    last = states[-1][1]
    names = [name for name in last.topologies if name in frozen and (frozen_after is None or name in frozen_after)]
    facts = {cause: facts_of(cause, states[place - 1][1], session) for place, (cause, session) in enumerate(states) if place}
    return tuple(
        _bridge(name, states, facts, frozen[name], None if frozen_after is None else frozen_after[name], versions) for name in names
    )


def _bridge(
    name: str,
    states: Sequence[tuple[Cause, Session]],
    facts: Mapping[Cause, tuple[Fact, ...]],
    before: Amounts,
    frozen_after: Amounts | None,
    versions: tuple[str, str],
) -> Bridge:
    costs = [amounts_of(session, name) for _, session in states]
    after = frozen_after or costs[-1]
    steps = [
        Step(cause, costs[place].less(costs[place - 1]), facts[cause]) for place, (cause, _) in enumerate(states) if cause != Cause.VERSION
    ]
    moved_by_inputs = costs[-1].less(costs[0])
    left = after.less(before).less(moved_by_inputs)
    said = (Fact("program", *versions),) if versions[0] != versions[1] else ()
    again = Fact("the same inputs, computed again (history collected again, or a change of the program)", None, None)
    steps.append(Step(Cause.VERSION, left, said or ((again,) if left.total_cost or left.monthly_cost else ())))
    return Bridge(name, before, tuple(steps), after)


def amounts_of(session: Session, topology: str) -> Amounts:
    """Return what a topology costs in a session."""
    if topology not in session.topologies:
        return Amounts(None, None)
    result = session.result(topology)
    return Amounts(result.monthly_cost, result.total_cost)


def _states(before: Inputs, after: Inputs, progress: Progress) -> list[tuple[Cause, Session]]:
    """Return the session after each exchange, the first one before any; an input that is as before costs nothing."""
    first = _session(before, progress)
    states = [(Cause.VERSION, first)]
    taken: set[Cause] = set()
    for cause in Cause:
        if cause == Cause.VERSION:
            continue
        taken.add(cause)
        if not _differs(before, after, cause):
            states.append((cause, states[-1][1]))
            continue
        mixed = _mixed(before, after, taken)
        regrow = _differs(before, after, Cause.GROWTH) and Cause.GROWTH not in taken
        states.append((cause, _regrown(mixed, first, progress) if regrow else _session(mixed, progress)))
    return states


def _session(inputs: Inputs, progress: Progress) -> Session:
    return open_session(inputs.study, inputs.edits, None, progress, Kept(shelf=shelf(), book=inputs.book))


def _regrown(inputs: Inputs, first: Session, progress: Progress) -> Session:
    """Return the session of the inputs in which every tenant grows as it did in the first one."""
    fresh = _session(Inputs(inputs.study, (), inputs.book), progress)
    known = {name: row for row, name in enumerate(first.observed.tenants)}
    rows = [known.get(name) for name in fresh.observed.tenants]
    shift = months_between(first.observed.as_of, fresh.observed.as_of)
    base = growing_as_before(fresh.demand, first.demand, shift, rows)
    kept = Kept(observed=fresh.observed, workloads=fresh.workloads, book=inputs.book, base={inputs.study.events: base})
    return open_session(inputs.study, inputs.edits, None, progress, kept)


def _mixed(before: Inputs, after: Inputs, taken: set[Cause]) -> Inputs:
    """Return the inputs of which the causes in `taken` are new."""

    def of(cause: Cause) -> Inputs:
        return after if cause in taken else before

    history, rules = of(Cause.DEMAND).study, of(Cause.POLICY).study
    study = replace(
        rules,
        as_of=history.as_of,
        events=history.events,
        drivers=history.drivers,
        tenants=of(Cause.TENANTS).study.tenants,
        topologies=of(Cause.TENANTS).study.topologies,
        money=replace(rules.money, exchange=of(Cause.EXCHANGE).study.money.exchange),
    )
    return Inputs(study, of(Cause.POLICY).edits, of(Cause.PRICES).book)


def _differs(before: Inputs, after: Inputs, cause: Cause) -> bool:
    old, new = before.study, after.study
    match cause:
        case Cause.DEMAND | Cause.GROWTH:
            return (old.as_of, old.events, old.drivers) != (new.as_of, new.events, new.drivers)
        case Cause.TENANTS:
            return (old.tenants, old.topologies) != (new.tenants, new.topologies)
        case Cause.PRICES:
            return set(before.book.prices) != set(after.book.prices)
        case Cause.EXCHANGE:
            return old.money.exchange != new.money.exchange
    return before.edits != after.edits or _rules(old, new) != new


def _rules(old: Study, new: Study) -> Study:
    """Return the old rules in the new study, all else new."""
    return replace(
        old,
        name=new.name, folder=new.folder, demo=new.demo, as_of=new.as_of, events=new.events, drivers=new.drivers, sources=new.sources,
        tenants=new.tenants, topologies=new.topologies, scenarios=new.scenarios, money=replace(old.money, exchange=new.money.exchange),
    )  # fmt: skip


def _less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other
