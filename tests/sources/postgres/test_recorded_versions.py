"""Our queries run on the columns of versions that the tests do not start."""

import tomllib
from pathlib import Path

import psycopg
import pytest

from workbench.sources.postgres.views import database_view, server_views

pytestmark = pytest.mark.servers
RECORDED = tomllib.loads((Path(__file__).parents[2] / "recorded" / "postgres_columns.toml").read_text())


@pytest.mark.parametrize("version", [13, 14, 17])
def test_every_query_fits_the_recorded_columns(version, tenants_on) -> None:
    """Tables of the recorded columns stand before the views of the server that runs."""
    with psycopg.connect(tenants_on(15).dsn("wiki")) as opened:
        opened.execute(f"create schema v{version}")
        for view, columns in RECORDED[str(version)].items():
            listed = ", ".join(f"{name} {kind}" for kind, names in columns.items() for name in names)
            opened.execute(f"create table v{version}.{view} ({listed})")
            values = ", ".join(
                "'leipzig_prod'" if kind == "text" else "now()" if kind == "timestamptz" else "3"
                for kind, names in columns.items()
                for _ in names
            )
            opened.execute(f"insert into v{version}.{view} values ({values})")
        opened.execute(f"set local search_path = v{version}, pg_catalog")
        view = database_view(version)
        (row,) = opened.execute(view.query).fetchall()
        values = dict(zip(view.series, row[2:-1], strict=True))
        assert values["database_transactions"] == 6
        assert values["database_rows_written"] == 9
        assert (values["database_active_seconds"] is None) == (version < 14)
        found = {
            name: value
            for view in server_views(version)
            for name, value in zip(view.series, opened.execute(view.query).fetchone()[2:], strict=True)
        }
        assert found["checkpoint_buffers"] == 3
        assert found["wal_bytes"] == 3 or (version == 13 and found["wal_bytes"] > 0)
        assert ("io_reads" in found) == (version >= 16)
        assert version < 16 or (found["io_reads"], found["io_read_bytes"], found["io_writes"]) == (3, 9, 6)
        opened.rollback()
