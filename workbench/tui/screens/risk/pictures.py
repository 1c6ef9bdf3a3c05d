"""The charts of this screen alone: who is down for how long, and what a year costs."""

import numpy as np
from numpy.typing import NDArray

from workbench.charts.distribution import Distribution, draw_distribution
from workbench.charts.scales import Unit, money
from workbench.pipeline.risk import Risk
from workbench.pipeline.show_losses import down_hours, loss_years
from workbench.tui.content import Picture
from workbench.tui.pictures import matrix_picture
from workbench.views.cell import Table
from workbench.views.text import about, share


def heat_picture(risk: Risk, tenants: tuple[str, ...], users: NDArray[np.float64]) -> Picture:
    """Return the expected hours down by domain and tenant."""
    found = down_hours(risk, users)
    names = tuple(tenants[i] for i in found.tenants)
    return matrix_picture(found.domains, names, found.hours, Unit("count", "h"), "expected hours a year; who is never down is left out")


def loss_picture(risk: Risk, currency: str, table: Table) -> Picture | None:
    """Return the distribution of a year's loss; None if a downtime cost is unknown."""
    loss = risk.loss
    if loss is None:
        return None
    chart = Distribution(money(currency), loss_years(loss), (0.5, 0.95))
    caption = (
        f"expected {about(loss.mean, currency).text}, worst year in 20 on average {about(loss.cvar95, currency).text} {currency}; "
        f"no loss in {share(loss.none).text} of years"
    )
    return Picture(lambda width, height: draw_distribution(chart, width, height), caption, table)
