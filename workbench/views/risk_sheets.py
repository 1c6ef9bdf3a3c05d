"""All tables of a topology's risk, in the order in which they are read."""

from workbench.pipeline.calendar_months import add_months
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.risk_details import RiskDetails
from workbench.views.cell import Table
from workbench.views.change_calendar import freezes_table, releases_table, windows_table
from workbench.views.failures import apart_table, beliefs_table, incidents_table, rates_table
from workbench.views.neighbours import crawlers_table, neighbours_table
from workbench.views.objectives import broken_table, disasters_table
from workbench.views.risk import domains_table, loss_table


def risk_tables(comparison: Comparison, topology: str, details: RiskDetails) -> tuple[Table, ...]:
    """Return what breaks together, what that costs, what learns, who pushes whom, and when something may be changed."""
    recovery = comparison.factory.sizer.study.recovery
    return (
        domains_table(comparison, topology),
        broken_table(comparison, topology),
        disasters_table(topology, details.objectives),
        loss_table(comparison),
        rates_table(details.rates),
        incidents_table(details.incidents),
        beliefs_table(recovery),
        apart_table(details.apart, comparison.currency),
        neighbours_table(topology, details.neighbours, comparison.tenants, month_names(comparison)),
        crawlers_table(topology, details.crawlers),
        windows_table(topology, details.windows, comparison.tenants),
        releases_table(topology, details.releases, recovery),
        freezes_table(details.frozen),
    )


def month_names(comparison: Comparison) -> tuple[str, ...]:
    """Return the months of the horizon as text, such as "2027-03"."""
    return tuple(f"{add_months(comparison.as_of, month):%Y-%m}" for month in range(comparison.horizon_months))
