"""What a reporting role may see, as SQL to run once."""

from collections.abc import Sequence


def grant_statements(role: str, databases: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the statements that let a role read statistics, and the business tables of the given databases.

    pg_monitor shows other users' sessions, all settings and the sizes of all databases; it can read no table.
    """
    name = _quoted(role)
    opening = (f"CREATE ROLE {name} LOGIN;", f"GRANT pg_monitor TO {name};")
    per_database = [f"GRANT CONNECT ON DATABASE {_quoted(database)} TO {name};" for database in databases]
    return (*opening, *per_database)


def driver_grants(role: str, tables: Sequence[str]) -> tuple[str, ...]:
    """Return the statements, to be run in each tenant's database, that let a role count the rows behind drivers."""
    name = _quoted(role)
    return (f"GRANT USAGE ON SCHEMA public TO {name};", *(f"GRANT SELECT ON {_quoted(table)} TO {name};" for table in tables))


def _quoted(name: str) -> str:
    if not name or "\0" in name:
        raise ValueError(f"name {name!r}: must be a PostgreSQL name")
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
