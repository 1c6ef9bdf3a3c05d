"""`bill`: what a topology costs, line by line, by month and fiscal year, and who pays."""

from dataclasses import dataclass

from workbench.commands.opening import session_of
from workbench.exports.documents import json_text, to_json
from workbench.pipeline.budgets import years_at_risk
from workbench.pipeline.committed import committed_offers
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.environments import environment_costs
from workbench.pipeline.present_value import present_value
from workbench.pipeline.purchase_rules import OtherRule, other_rule
from workbench.pipeline.session import Progress, Session
from workbench.pipeline.show_charts import fiscal_years
from workbench.pipeline.show_tables import line_rows
from workbench.pipeline.step_ups import step_ups
from workbench.study.estate import Study


@dataclass(frozen=True, slots=True)
class BillOptions:
    """Which bill."""

    topology: str = "hybrid"
    scenarios: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Billed:
    """A comparison that holds the topology asked for and, if it is known, what runs today."""

    comparison: Comparison
    topology: str
    session: Session

    @property
    def answered(self) -> bool:
        """Whether there is a total."""
        return self.comparison.result(self.topology).total_cost is not None

    def by_other_rule(self) -> OtherRule:
        """Return what the same pools cost if they are bought all at once instead of in steps, or the other way round; plans once more."""
        return other_rule(self.session, self.topology)


def bill(study: Study, options: BillOptions, progress: Progress) -> Billed:
    """Return the bill of one topology."""
    session = session_of(study, options.scenarios, options.edits, progress)
    comparison = session.compare((options.topology,))
    return Billed(comparison, options.topology, session)


def billed_json(billed: Billed) -> str:
    """Return the bill as a document: totals, fiscal years, terms, environments, lines."""
    result = billed.comparison.result(billed.topology)
    return json_text(
        {
            "study": billed.comparison.study,
            "demo": billed.comparison.demo,
            "scenario": billed.comparison.scenario,
            "topology": billed.topology,
            "basis": billed.comparison.basis.hash,
            "currency": billed.comparison.currency,
            "feasible": result.feasible,
            "monthly_cost": result.monthly_cost,
            "total_cost": result.total_cost,
            "amortised_total": result.bill.amortised_total,
            "committed_beyond_horizon": result.bill.committed_beyond,
            "missing_prices": list(result.bill.missing),
            "by_layer": to_json(result.bill.by_layer()),
            "present_value": present_value(billed.comparison, result),
            "other_purchase_rule": to_json(billed.by_other_rule()),
            "fiscal_years": to_json(fiscal_years(billed.comparison, result)),
            "budget": to_json(years_at_risk(billed.comparison, result)),
            "step_ups": to_json(step_ups(result)),
            "commitments": to_json(committed_offers(billed.comparison, result)),
            "environments": to_json(environment_costs(billed.comparison, result)),
            "lines": to_json(line_rows(billed.comparison)),
        }
    )
