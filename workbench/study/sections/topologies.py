"""topologies/NAME.toml: pools as the user, or what runs today, says them."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from models.topology.resources import Layer
from workbench.study.cells import words
from workbench.study.durations import seconds
from workbench.study.estate import Invoice, Part, PoolSpec, TopologySpec
from workbench.study.section import Section
from workbench.study.sections.money import currency
from workbench.study.sizes import size_bytes
from workbench.study.values import count, day, name, number, one_of, suggestion, text, whole

_LAYERS = tuple(layer.value for layer in Layer)


def read_topology(section: Section, name_of_file: str, tenants: frozenset[str] | None) -> TopologySpec:
    """Return the topology of one file; each tenant stands at most once in a layer, each pool has its own name.

    `tenants` are those of the study; None when they could not be read and cannot be checked.
    """
    section.require("pools", '[[pools]] with name = "db-eu-1"')
    served: set[tuple[Layer, str]] = set()
    pools: dict[str, PoolSpec] = {}
    for table in section.children("pools"):
        pool = _pool(table, tenants, served)
        if pool.name in pools and pool.name != "?":
            table.reject("name", "names two pools", "give each pool its own name")
        pools[pool.name] = pool
    return TopologySpec(name_of_file, tuple(pools.values()), _invoice(section.child("invoice")))


def layer(value: object) -> Layer:
    """Return a layer by its name."""
    return Layer(one_of(*_LAYERS)(value))


def _pool(section: Section, tenants: frozenset[str] | None, served: set[tuple[Layer, str]]) -> PoolSpec:
    section.require("name", 'name = "db-eu-1"')
    section.require("layer", 'layer = "database server"')
    section.require("tenants", 'tenants = ["leipzig"]')
    of_layer = section.read("layer", layer, None)
    members = section.listed("tenants", text)
    _check_known(section, members, tenants)
    if of_layer is not None:
        _check_once(section, members, of_layer, served)
    return PoolSpec(
        name=section.read("name", name, "?"),
        layer=of_layer or Layer.WORKERS,
        tenants=members,
        parts=tuple(_part(part) for part in section.children("parts")),
        settings=_settings(section.child("settings")),
        owner=section.read("owner", text, None),
        runbook=section.read("runbook", text, None),
    )


def _check_known(section: Section, members: tuple[str, ...], tenants: frozenset[str] | None) -> None:
    unknown = [member for member in members if tenants is not None and member not in tenants]
    if unknown:
        named = ", ".join(repr(member) for member in unknown)
        section.reject("tenants", f"names who is no tenant: {named}", suggestion(unknown[0], tenants or ()) or "add them to tenants.csv")


def _check_once(section: Section, members: tuple[str, ...], of_layer: Layer, served: set[tuple[Layer, str]]) -> None:
    for member in members:
        if (of_layer, member) in served:
            section.reject(
                "tenants", f"serves {member!r} a second time in the layer {of_layer.value!r}", "keep it in one pool of the layer"
            )
        served.add((of_layer, member))


def _part(section: Section) -> Part:
    section.require("offer", 'offer = "azure/E8s_v5"')
    return Part(
        offer=section.read("offer", text, "?"),
        count=section.read("count", count, 1),
        role=section.read("role", text, "primary"),
        size=section.read("size", number, None),
        iops=section.read("iops", whole, None),
        throughput_mbps=section.read("throughput_mbps", whole, None),
        purchase=section.read("purchase", text, "on_demand"),
    )


def _settings(section: Section) -> Mapping[str, Decimal]:
    read = {key: section.read(key, _setting(key), None) for key in section.names}
    return {key: value for key, value in read.items() if value is not None}


def _setting(key: str) -> Callable[[object], Decimal]:
    def read(value: object) -> Decimal:
        if words(value) is not None and key.endswith("_bytes"):
            return Decimal(size_bytes(value))
        if words(value) is not None and key.endswith("_s"):
            return Decimal(repr(seconds(value)))
        return number(value)

    return read


def _invoice(section: Section) -> Invoice | None:
    if not section.names:
        return None
    for key, example in (("month", "month = 2026-10-01"), ("amount", "amount = 14200"), ("currency", 'currency = "EUR"')):
        section.require(key, example)
    month, amount = section.read("month", day, None), section.read("amount", number, None)
    code, source = section.read("currency", currency, None), section.read("source", text, "invoice")
    if month is None or amount is None or code is None:
        return None
    return Invoice(month.replace(day=1), amount, code, source)
