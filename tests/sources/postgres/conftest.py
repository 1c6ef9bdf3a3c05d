"""Two tenants with a few Odoo-like tables on a real server."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from workbench.sources.labels import LabelRule
from workbench.sources.postgres import PostgresConnection

TENANT = LabelRule("datname", "(?P<tenant>[a-z]+)_prod")
ORDERS = """
    create table sale_order (id serial primary key, create_date timestamp not null);
    insert into sale_order (create_date) select timestamp '2026-01-01' + make_interval(hours => n) from generate_series(0, 71) n;
    insert into sale_order (create_date) select now() at time zone 'UTC' from generate_series(1, 5) n"""


def run(dsn: str, *statements: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as opened:
        for statement in statements:
            opened.execute(statement)


@pytest.fixture(scope="session")
def tenants_on(postgres_server) -> Callable[[int], object]:
    """Return the server of a version with databases leipzig_prod, zwickau_prod and wiki, and the roles reporting, stranger and locked."""
    ready: set[int] = set()

    def prepare(version: int):
        server = postgres_server(version)
        if version not in ready:
            roles = (
                "create role reporting login",
                "grant pg_monitor to reporting",
                "create role stranger login",
                "create role locked login password 'open sesame'",
            )
            run(server.dsn(), *roles, "create database leipzig_prod", "create database zwickau_prod", "create database wiki")
            run(server.dsn("leipzig_prod"), *ORDERS.split(";"), "grant select on sale_order to reporting")
            ready.add(version)
        return server

    return prepare


@pytest.fixture(params=[15, 16, 18])
def server(request, tenants_on) -> Iterator[object]:
    return tenants_on(request.param)


def connected(server, user: str = "reporting", **options: object) -> PostgresConnection:
    return PostgresConnection("pg-eu-1", parameters=server.dsn("postgres", user), server_of="db-eu-1", tenant=TENANT, **options)


@pytest.fixture(scope="session")
def connect() -> Callable[..., PostgresConnection]:
    return connected


@pytest.fixture(scope="session")
def run_sql() -> Callable[..., None]:
    return run
