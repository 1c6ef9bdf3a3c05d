"""The charts of risk hold the same figures as its tables."""

import numpy as np
import pytest

from models.topology.annual_loss import annual_loss
from workbench.pipeline.show_losses import down_hours, loss_years


def test_equally_likely_years_have_the_distributions_figures():
    loss = annual_loss(np.array([0.5, 2.0, 0.02]), np.array([20_000.0, 1_500.0, 400_000.0]))
    years = loss_years(loss)
    assert (np.diff(years) >= 0).all()
    assert years.mean() == pytest.approx(loss.mean, rel=0.01)
    assert np.quantile(years, 0.95, method="inverted_cdf") == pytest.approx(loss.p95, rel=0.01)
    assert (years == 0).mean() == pytest.approx(loss.none, abs=0.001)


def test_the_bundled_bad_year_agrees_with_a_seeded_simulation(bundled):
    risk = bundled.result("current").risk
    rng = np.random.default_rng(bundled.study.seed)
    lost = np.array([_money(bundled, domain) for domain in risk.domains])
    rate = np.array([domain.rate_per_year for domain in risk.domains])
    years = np.sort(rng.poisson(rate, (100_000, len(rate))) @ lost)
    assert risk.loss.mean == pytest.approx(years.mean(), rel=0.01)
    assert risk.loss.p95 == pytest.approx(np.quantile(years, 0.95), rel=0.02)
    assert risk.loss.cvar95 == pytest.approx(years[-5_000:].mean(), rel=0.02)


def _money(session, domain):
    """Return the money one event costs, hour by hour along each ramp."""
    total = 0.0
    for i in domain.tenants:
        tenant = session.study.tenant(session.tenants[i])
        if tenant.production:
            steps = [(start, float(share)) for start, share in tenant.downtime.ramp]
            ends = [start for start, _ in steps[1:]] + [np.inf]
            total += sum(
                float(tenant.downtime.per_hour) * share * max(min(domain.outage_h, end) - start, 0)
                for (start, share), end in zip(steps, ends, strict=True)
            )
    return total


def test_hours_down_are_those_of_availability(bundled):
    risk = bundled.result("current").risk
    rows = bundled.factory.sizer.rows
    found = down_hours(risk, rows.users)
    lost = dict(zip(found.tenants, found.hours.sum(axis=0), strict=True))
    for place, i in enumerate(np.flatnonzero(rows.production)):
        assert risk.availability[place] == pytest.approx(1 - lost[int(i)] / 8760, abs=1e-9)
    assert risk.radius.lost_user_hours_per_year == pytest.approx(sum(lost[i] * rows.users[i] for i in found.tenants))


def test_effective_cells_lie_between_one_and_the_number_of_servers(bundled):
    for name in ("current", "multi-tenant", "dedicated"):
        result = bundled.result(name)
        servers = [pool for pool in result.plan.pools if pool.layer == "database server" and pool.production]
        assert 1 <= result.risk.effective_cells <= len(servers) + 1e-9
