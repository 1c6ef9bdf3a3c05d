"""A study for Jupyter: the same digits as the CSV, as pandas frames, arrays and plotly figures; reads only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource
from workbench.bundled import bundled_study
from workbench.exports.plots import cashflow_figure, fan_figure, frontier_figure, loss_figure, reliability_figure
from workbench.history import open_history
from workbench.pipeline.anomalies import Anomaly
from workbench.pipeline.backtest import ORIGINS, StudyBacktest
from workbench.pipeline.comparison import Comparison
from workbench.pipeline.looking_back import anomalies_of, backtest_of
from workbench.pipeline.recommendation import recommend
from workbench.pipeline.session import Session, open_session
from workbench.pipeline.show_backtest import (
    BaselineRow,
    PastPeakRow,
    ReliabilityRow,
    ScoreRow,
    baseline_rows,
    past_peak_rows,
    reliability_rows,
    score_rows,
)
from workbench.pipeline.show_exhaustion import ExhaustionRow, exhaustion_rows
from workbench.pipeline.show_fan import BANDS, estate_fan, pool_fan, tenant_fan
from workbench.pipeline.show_summary import SummaryRow, summary_rows
from workbench.pipeline.show_tables import CashflowRow, ChargebackRow, LineRow, cashflow_rows, chargeback_rows, line_rows
from workbench.study.edits import Edit, from_option, scenario_named
from workbench.study.estate import Study
from workbench.study.toml import read_study

if TYPE_CHECKING:
    import pandas as pd
    from _typeshed import DataclassInstance
    from plotly.graph_objects import Figure

BUNDLED = "meridian"


@dataclass(frozen=True, slots=True, eq=False)
class NotebookComparison:
    """Topologies side by side."""

    result: Comparison
    """The comparison behind the frames."""
    session: Session

    @property
    def summary(self) -> "pd.DataFrame":
        """The figures, a row a topology."""
        return _frame(SummaryRow, summary_rows(self.result))

    @property
    def lines(self) -> "pd.DataFrame":
        """The cost lines; money columns hold Decimal."""
        return _frame(LineRow, line_rows(self.result))

    @property
    def cashflow(self) -> "pd.DataFrame":
        """Every line by month."""
        return _frame(CashflowRow, cashflow_rows(self.result))

    @property
    def chargeback(self) -> "pd.DataFrame":
        """What every plant pays by month."""
        return _frame(ChargebackRow, chargeback_rows(self.result))

    def paths(self, pool: str, resource: str) -> NDArray[np.float32]:
        """Return a pool's demand of a resource, shape (paths, moments) or (paths, months); `resource` such as "iops"."""
        return self.result.paths(pool, resource_named(resource))

    def figure(self, kind: str, *, topology: str | None = None, pool: str | None = None, resource: str | None = None) -> "Figure":
        """Return a plotly figure: "frontier", "cashflow", "loss", or "fan" of a pool (by default where a topology is tightest)."""
        plain: Mapping[str, Callable[[Comparison], Figure]] = {
            "frontier": lambda found: frontier_figure(found, chosen=recommend(found).chosen),
            "cashflow": cashflow_figure,
            "loss": loss_figure,
        }
        if kind in plain:
            return plain[kind](self.result)
        if kind != "fan":
            raise ValueError(f"no figure {kind!r}: choose one of frontier, cashflow, loss, fan")
        chosen = topology or self.result.results[0].name
        tightest = self.result.result(chosen).tightest()
        name, of = pool or tightest.pool, resource_named(resource) if resource else tightest.resource
        if name is None or of is None:
            raise ValueError(f"{chosen} has no pool with a known limit: name pool and resource")
        return fan_figure(pool_fan(self.session, chosen, name, of))


@dataclass(frozen=True, slots=True, eq=False)
class NotebookBacktest:
    """How forecasts from past days would have done; the digits of `forecast --backtest`."""

    result: StudyBacktest
    """The backtest behind the frames."""

    @property
    def scores(self) -> "pd.DataFrame":
        """Coverage and pinball loss, a row a driver, class, method and quantile."""
        return _frame(ScoreRow, score_rows(self.result))

    @property
    def baselines(self) -> "pd.DataFrame":
        """The forecast against each baseline."""
        return _frame(BaselineRow, baseline_rows(self.result))

    @property
    def reliability(self) -> "pd.DataFrame":
        """Stated probabilities against what came, a row a bin."""
        return _frame(ReliabilityRow, reliability_rows(self.result))

    def past_peaks(self, driver: str, tenant: str) -> "pd.DataFrame":
        """Return what forecasts of past days said of a tenant's largest demand, and what came; `driver` such as "requests/production"."""
        return _frame(PastPeakRow, past_peak_rows(self.result.part(driver), tenant))

    def figure(self, driver: str) -> "Figure":
        """Return the reliability of one driver and class, such as "requests/production", as a plotly figure."""
        return reliability_figure(self.result, driver)


@dataclass(frozen=True, slots=True, eq=False)
class NotebookStudy:
    """A study that is read and changed in memory only."""

    session: Session

    @property
    def study(self) -> Study:
        """The study with its changes."""
        return self.session.study

    def series(self, name: str, tenant: str | None = None) -> "pd.DataFrame":
        """Return a series of history per UTC hour, a column a tenant: counters as rate per second, levels as mean; NaN = missing."""
        import pandas as pd

        hourly = open_history(self.session.original.folder / "history").hourly(name, None if tenant is None else [tenant])
        start = pd.Timestamp(hourly.start_ms, unit="ms", tz="UTC")
        hours = (hourly.end_ms - hourly.start_ms) // hourly.step_ms
        index = pd.date_range(start, periods=hours, freq="h", name="hour")
        return pd.DataFrame({subject: hourly.of(subject) for subject in hourly.subjects}, index=index)

    def workloads(self) -> "pd.DataFrame":
        """Return the fitted parameters, a row a tenant and parameter, with their 90 % range and origin."""
        import pandas as pd

        rows = [
            (workload.tenant, name, one.value, one.low, one.high, str(one.origin.kind), one.origin.what)
            for workload in self.session.workloads.tenants
            for name, one in sorted(workload.parameters.items())
        ]
        return pd.DataFrame(rows, columns=["tenant", "parameter", "value", "p05", "p95", "origin", "what"])

    def forecast(self, resource: str, tenant: str | None = None) -> "pd.DataFrame":
        """Return quantiles of the month's peak over joint paths, of a tenant or of all together, a row a month."""
        import pandas as pd

        of = resource_named(resource)
        fan = estate_fan(self.session, of) if tenant is None else tenant_fan(self.session, tenant, of)
        columns = {f"p{100 * level:02.0f}": fan.bands[row] for row, level in enumerate(BANDS)}
        return pd.DataFrame(columns, index=pd.DatetimeIndex(fan.months, name="month"))

    def anomalies(self, tenant: str | None = None) -> "pd.DataFrame":
        """Return what was unusual in the history, of one tenant or of all, labels included."""
        return _frame(Anomaly, [one for one in anomalies_of(self.session) if tenant in (None, one.tenant)])

    def exhaustion(self, topology: str = "current") -> "pd.DataFrame":
        """Return when each pool's resources are full if nothing more is bought, a row a tenant, pool and resource."""
        return _frame(ExhaustionRow, exhaustion_rows(self.session, topology))

    def backtest(self, origins: int = ORIGINS) -> NotebookBacktest:
        """Return how forecasts from past days would have done on this history."""
        return NotebookBacktest(backtest_of(self.session, origins))

    def figure(self, resource: str, tenant: str | None = None) -> "Figure":
        """Return past and forecast of a tenant, or of all together, as a plotly figure."""
        of = resource_named(resource)
        return fan_figure(estate_fan(self.session, of) if tenant is None else tenant_fan(self.session, tenant, of))

    def with_changes(self, scenario: str | None = None, edits: Sequence[Edit | str] = ()) -> "NotebookStudy":
        """Return the study with a scenario, and edits as values or as written on the command line; nothing is written."""
        named = () if scenario is None else scenario_named(self.session.original, scenario).edits
        more = tuple(from_option(edit) if isinstance(edit, str) else edit for edit in edits)
        label = " + ".join([*([scenario] if scenario else []), *(["edits"] if more else [])])
        return NotebookStudy(self.session.edited((*named, *more), label or None))

    def compare(self, topologies: Sequence[str] | None = None) -> NotebookComparison:
        """Return the topologies side by side, by default all that the study has."""
        return NotebookComparison(self.session.compare(topologies), self.session)


def open_study(name_or_path: str | Path | None = None) -> NotebookStudy:
    """Return a study by its folder, or the bundled one by its name or without an argument."""
    if name_or_path is None or (name_or_path == BUNDLED and not (Path(BUNDLED) / "study.toml").is_file()):
        return NotebookStudy(open_session(replace(read_study(bundled_study()), demo=True)))
    folder = Path(name_or_path).expanduser()
    if not (folder / "study.toml").is_file():
        raise ValueError(f"{folder} holds no study.toml: give a study's folder, or no argument for the bundled one")
    return NotebookStudy(open_session(read_study(folder)))


def resource_named(name: str) -> Resource:
    """Return a resource by its value, or by the end of it: "iops" is postgres_iops; ValueError names the known ones."""
    found = [resource for resource in Resource if resource.value == name] or [one for one in Resource if one.value.endswith(f"_{name}")]
    if len(found) != 1:
        raise ValueError(f"{name!r} is not one resource: choose one of {', '.join(Resource)}")
    return found[0]


def _frame(row_type: "type[DataclassInstance]", rows: "Sequence[DataclassInstance]") -> "pd.DataFrame":
    """Return rows as columns; Decimal and dates stay what they are."""
    import pandas as pd

    columns = {field.name: [getattr(row, field.name) for row in rows] for field in fields(row_type)}
    exact = {field.name for field in fields(row_type) if "Decimal" in str(field.type)}
    return pd.DataFrame({name: np.array(values, object) if name in exact else values for name, values in columns.items()})
