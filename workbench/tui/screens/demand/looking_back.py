"""How forecasts like this one did: reliability and verdict, once they were computed."""

from workbench.pipeline.looking_back import known_backtest
from workbench.pipeline.session import Session
from workbench.pipeline.show_backtest import reliability_rows
from workbench.tui.content import Content, waiting
from workbench.tui.screens.demand.pictures import reliability_picture
from workbench.views.backtest import backtest_sentences, backtest_table, driver_name

_ASK = (
    "b computes what forecasts from past days would have said of your own history, and what came: reliability, coverage, "
    "loss against two baselines. It runs in the background; esc stops it."
)


def looked_back(session: Session, drivers: tuple[str, ...], tenant: str | None) -> Content:
    """Return the backtest of the first driver of the resource, for the class of the tenant or for production."""
    found = known_backtest(session)
    if found is None:
        return waiting("Backtest", _ASK)
    own = "production" if tenant is None or session.study.tenant(tenant).production else "other"
    wanted = [f"{driver}/{own}" for driver in drivers]
    name = next((one.name for one in found.parts if one.name in wanted), None)
    if name is None:
        return waiting("Backtest", f"nothing of {', '.join(driver_name(driver) for driver in drivers)} was judged")
    part = found.part(name)
    title = f"Backtest · {driver_name(part.driver.value)}, {own}"
    sentences = backtest_sentences(found, name)
    rows = tuple(
        one for one in reliability_rows(found) if (one.driver, one.tenant_class, one.method) == (part.driver.value, own, "forecast")
    )
    if not rows:
        return waiting(title, " ".join(sentences))
    return Content(title, reliability_picture(rows, sentences[0], backtest_table(found)))
