"""Which of the unusual stretches belong on which chart."""

from collections.abc import Sequence

from models.topology.resources import Resource
from workbench.pipeline.anomalies import Anomaly, AnomalyKind
from workbench.pipeline.growth import HOURLY_SERIES, STATE_SERIES
from workbench.pipeline.looking_back import anomalies_of
from workbench.pipeline.session import Session

LONG_HOURS = 72.0
"""On the chart of several tenants shorter stretches are left to the table."""


def unusual_on_chart(session: Session, resource: Resource, tenants: Sequence[int]) -> tuple[Anomaly, ...]:
    """Return what was unusual in the series that drive a resource of these tenants; of several tenants what lasted, or was labelled."""
    names = {session.tenants[i] for i in tenants}
    drivers = [link.driver for link in session.demand.links if link.resource == resource]
    series = {HOURLY_SERIES.get(driver) or STATE_SERIES.get(driver) for driver in drivers} | {"all"}
    found = [one for one in anomalies_of(session) if one.tenant in names and one.series in series]
    if len(names) == 1:
        return tuple(found)
    return tuple(one for one in found if one.labelled or one.kind is AnomalyKind.SHIFT or one.hours >= LONG_HOURS)
