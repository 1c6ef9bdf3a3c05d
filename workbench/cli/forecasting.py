"""`forecast`: demand, what is full when, what was unusual, and how the forecasts would have done."""

from argparse import Namespace

from workbench.cli.finding import opened_study
from workbench.cli.narration import progress_line, say
from workbench.cli.planning import ANSWERED, NOT_MET, show_document, show_tables


def answer_forecast(options: Namespace) -> int:
    """Print demand and exhaustion; the gate decides the exit code."""
    if options.backtest:
        return _backtest(options)
    if options.origins is not None:
        raise ValueError(f"--origins {options.origins} belongs to --backtest: give both")
    from workbench.commands.forecast import ForecastOptions, forecast, forecasted_json
    from workbench.views.anomalies import anomalies_table
    from workbench.views.demand import demand_table, exhaustion_table, tenants_full_table

    chosen = ForecastOptions(
        options.topology, options.tenant, options.pool, options.full_within, options.at_most, tuple(options.scenario), tuple(options.edit),
        options.csv, options.dialect,
    )  # fmt: skip
    found = forecast(opened_study(options), chosen, progress_line())
    if options.csv is not None:
        say(f"wrote {options.csv}")
    if options.json:
        show_document(forecasted_json(found))
    else:
        show_tables(
            demand_table(found.session, found.tenant),
            exhaustion_table(found.comparison, found.topology),
            tenants_full_table(found.session, found.topology, found.tenant),
            anomalies_table(found.session, found.tenant),
        )
    for sentence in found.session.growth_said():
        say(sentence)
    for one in found.too_soon:
        say(f"NOT met: {one.subject} is full within {options.full_within:g} days with probability {one.probability:.2f}")
    return ANSWERED if found.answered else NOT_MET


def _backtest(options: Namespace) -> int:
    """Print how the forecasts would have done; nothing judged is no answer."""
    from workbench.commands.backtest import BacktestOptions, backtest, backtested_json
    from workbench.pipeline.backtest import ORIGINS
    from workbench.views.backtest import backtest_table, past_peaks_table, reliability_table

    if options.full_within is not None:
        raise ValueError("--full-within is a gate on the forecast, --backtest looks back: ask one of them")
    chosen = BacktestOptions(
        options.origins or ORIGINS, options.tenant, tuple(options.scenario), tuple(options.edit), options.csv, options.dialect
    )
    done = backtest(opened_study(options), chosen, progress_line())
    if options.csv is not None:
        say(f"wrote {options.csv}")
    if options.json:
        show_document(backtested_json(done))
        return ANSWERED if done.judged else NOT_MET
    judged = [part for part in done.found.parts if part.result is not None]
    tables = [backtest_table(done.found), *(reliability_table(done.found, part.name) for part in judged)]
    if done.tenant is not None:
        tables += [past_peaks_table(done.found, part.name, done.tenant) for part in judged if done.tenant in part.tenants]
    show_tables(*tables)
    return ANSWERED if done.judged else NOT_MET
