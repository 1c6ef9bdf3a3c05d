"""The starter study can be read as it is, and never overwrites anything."""

from decimal import Decimal

import pytest

from models.topology.resources import Layer
from workbench.study.drafts import topology_toml
from workbench.study.estate import Part, Plant, PoolSpec, Runs, Tenant, TopologySpec
from workbench.study.source_specs import SourceSpec
from workbench.study.starter import write_starter
from workbench.study.toml import inspect_study, read_study


def test_the_starter_is_read_without_an_error(tmp_path):
    written = write_starter(tmp_path / "new")
    study = read_study(tmp_path / "new")
    assert [path.name for path in written] == ["study.toml", "tenants.csv", ".gitignore"]
    assert (study.name, study.as_of, [tenant.name for tenant in study.tenants]) == ("My group", None, ["example"])
    assert all(failure.assumed for failure in study.failures)


def test_what_sources_showed_is_drafted(tmp_path):
    tenants = (
        Tenant("leipzig", (Plant('Leipzig "Nord"', 220),), runs=Runs("std", "17.0", "15")),
        Tenant("leipzig-test", (), environment="test"),
    )
    pool = PoolSpec("db-1", Layer.DATABASE, ("leipzig", "leipzig-test"), settings={"max_connections": Decimal(400)})
    sources = (
        SourceSpec("pg", "postgres", service="erp", server_of="db-1", tenant_label="datname", tenant_pattern=r"(?P<tenant>\w+)_prod"),
    )
    write_starter(tmp_path, "Möbel & Söhne", sources, tenants, TopologySpec("current", (pool,)))
    reading = inspect_study(tmp_path)
    assert reading.study.tenants == tenants
    assert reading.study.topologies[0].pools == (pool,)
    assert reading.study.sources == sources
    assert "max_connections = 400  # measured" in (tmp_path / "topologies" / "current.toml").read_text(encoding="utf-8")
    assert any("pools without parts, so its bill is incomplete: db-1" in str(finding) for finding in reading.warnings)


def test_a_topology_written_reads_back_the_same(folder):
    spec = read_study(folder).topologies[0]
    (folder / "topologies" / "mine.toml").write_text(topology_toml(spec), encoding="utf-8")
    mine = read_study(folder).topologies[1]
    assert (mine.name, mine.pools, mine.invoice) == ("mine", spec.pools, spec.invoice)
    assert mine.pools[0].parts[1] == Part("azure/premium-ssd-v2", 1, "volume", Decimal(512), 5000, 200)


def test_nothing_is_overwritten(folder):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(ValueError, match=r"already has study\.toml, tenants\.csv"):
        write_starter(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
