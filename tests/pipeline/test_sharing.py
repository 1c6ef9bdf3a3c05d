import pytest

from models.topology.resources import Layer
from workbench.pipeline.partition_edits import edited_groups
from workbench.pipeline.sharing import POOLED_LAYERS, alone, compatible, dedicated, members_of, shared
from workbench.study.edits import MergePools, MoveTenant, SplitPool
from workbench.study.estate import Plant, Runs, Tenant


def _tenant(name, *, environment="production", image="std", postgres="16", isolation=None, plant=None):
    return Tenant(name, (Plant(plant or name, 10),), environment, Runs(image=image, postgres=postgres), isolation=isolation or {})


@pytest.fixture
def tenants():
    return [
        _tenant("a"),
        _tenant("b", image="metal"),
        _tenant("c", postgres="15"),
        _tenant("d", isolation={Layer.DATABASE: "own"}),
        _tenant("a-staging", environment="staging", plant="a"),
        _tenant("a-test", environment="test", plant="a"),
    ]


def test_worker_pools_hold_one_image_and_one_class(tenants):
    assert shared(Layer.WORKERS, tenants) == ((0, 2, 3), (1,), (4, 5))


def test_databases_hold_one_version_and_isolated_tenants_stand_alone(tenants):
    assert shared(Layer.DATABASE, tenants) == ((0, 1), (2,), (3,), (4, 5))
    assert alone(Layer.DATABASE, tenants) == (3,)


def test_dedicated_gives_each_production_tenant_its_own_and_a_plants_rest_one_together(tenants):
    for layer in POOLED_LAYERS:
        assert dedicated(layer, tenants) == ((0,), (1,), (2,), (3,), (4, 5))


def test_every_pure_partition_keeps_the_sharing_rules_and_holds_everybody_once(tenants):
    for layer in POOLED_LAYERS:
        allowed = compatible(layer, tenants)
        for rule in (shared, dedicated):
            groups = rule(layer, tenants)
            assert sorted(i for group in groups for i in group) == list(range(len(tenants)))
            assert all(allowed[i, j] for group in groups for i in group for j in group)


def test_members_are_rows_of_booleans():
    assert members_of(((0, 2), (1,)), 3).tolist() == [[True, False, True], [False, True, False]]


NAMED = {"db-1": (0, 1), "db-2": (2,)}
NAMES = ("a", "b", "c")


def test_moving_the_last_tenant_switches_its_pool_off():
    edits = [MoveTenant("hybrid", "c", Layer.DATABASE, "db-1")]
    assert edited_groups("hybrid", Layer.DATABASE, NAMED, NAMES, edits) == {"db-1": (0, 1, 2)}


def test_edits_of_another_topology_or_layer_change_nothing():
    edits = [MoveTenant("dedicated", "c", Layer.DATABASE, "db-1"), MoveTenant("hybrid", "c", Layer.CACHE, "db-1")]
    assert edited_groups("hybrid", Layer.DATABASE, NAMED, NAMES, edits) == NAMED


def test_merging_what_was_split_gives_the_same_partition():
    split = SplitPool("hybrid", "db-1", ("b",), "db-3")
    merged = MergePools("hybrid", ("db-1", "db-3"), "db-1")
    assert edited_groups("hybrid", Layer.DATABASE, NAMED, NAMES, [split]) == {"db-1": (0,), "db-2": (2,), "db-3": (1,)}
    assert edited_groups("hybrid", Layer.DATABASE, NAMED, NAMES, [split, merged]) == {"db-2": (2,), "db-1": (0, 1)}


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (SplitPool("hybrid", "db-1", ("c",), "x"), "does not serve c"),
        (SplitPool("hybrid", "db-1", ("a", "b"), "x"), "nobody would be left"),
        (MergePools("hybrid", ("db-1", "db-9"), "x"), "no pool db-9"),
        (MoveTenant("hybrid", "z", Layer.DATABASE, "db-1"), "no tenant 'z'"),
    ],
)
def test_impossible_edits_name_what_is_wrong(edit, message):
    with pytest.raises(ValueError, match=message):
        edited_groups("hybrid", Layer.DATABASE, NAMED, NAMES, [edit])
