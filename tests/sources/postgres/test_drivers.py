"""Business counts from real tables, by read-only SQL."""

import pytest

from workbench.sources.errors import SourceError, SourceRefused, SourceUnreachable
from workbench.sources.postgres import EXAMPLES, driver_grants, grant_statements, read_driver, tenant_databases

pytestmark = pytest.mark.servers


def test_orders_are_counted_by_whole_days(server, connect) -> None:
    counted = read_driver(connect(server), "orders", EXAMPLES["orders"])
    frame = counted.samples.frame
    assert counted.samples.series == "driver@orders"
    assert frame.rows() == [("leipzig", 1_767_225_600_000 + day * 86_400_000, 24.0, "") for day in range(3)]
    reasons = dict(reason.split(":", 1) for reason in counted.missing)
    assert "leipzig" not in reasons
    assert "sale_order" in reasons["zwickau"]


def test_databases_of_tenants_are_listed(server, connect) -> None:
    found = tenant_databases(connect(server))
    assert found.items() >= {"leipzig_prod": "leipzig", "zwickau_prod": "zwickau"}.items()
    assert not {"wiki", "postgres"} & set(found)


def test_a_driver_cannot_write(server, connect) -> None:
    with pytest.raises(SourceRefused, match="only reading is allowed"):
        read_driver(connect(server, "postgres"), "evil", "insert into sale_order (create_date) values (now()) returning now(), 1")


def test_a_slow_driver_is_cut(tenants_on, connect) -> None:
    with pytest.raises(SourceUnreachable, match=r"0\.2 s"):
        read_driver(connect(tenants_on(16), timeout_s=0.2), "slow", "select now(), count(*) from pg_sleep(5)")


def test_a_driver_that_returns_something_else_is_named(tenants_on, connect) -> None:
    counted = read_driver(connect(tenants_on(16)), "odd", "select 'x', 1, 2")
    assert all("two columns: day, count" in reason for reason in counted.missing)


def test_the_shipped_grants_are_valid_sql(tenants_on, connect, run_sql) -> None:
    server = tenants_on(18)
    run_sql(server.dsn(), *grant_statements('odd "name"', ["leipzig_prod"]))
    run_sql(server.dsn("leipzig_prod"), *driver_grants('odd "name"', ["sale_order"]))
    assert read_driver(connect(server, "'odd \"name\"'"), "orders", EXAMPLES["orders"]).samples.frame.height == 3


def test_every_failure_is_one_of_ours(tenants_on, connect) -> None:
    counted = read_driver(connect(tenants_on(15)), "broken", "select from where")
    assert {reason.partition(":")[0] for reason in counted.missing} >= {"leipzig", "zwickau"}
    with pytest.raises(SourceError):
        read_driver(connect(tenants_on(15), "nobody-at-all"), "orders", EXAMPLES["orders"])
