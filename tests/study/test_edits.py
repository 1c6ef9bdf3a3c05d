"""Edits change a study purely, one after the other, and can be written and read back."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.resources import Layer
from workbench.study.edits import (
    AddTenant,
    LabelEvent,
    MergePools,
    MoveTenant,
    PinOffer,
    RemoveTenant,
    ScaleDriver,
    Scenario,
    SetCache,
    SetFailureRate,
    SetObjective,
    SetPrice,
    SetTtl,
    SetWorkers,
    SplitPool,
    UnitPrice,
    apply,
    from_option,
    from_toml,
    scenario_diff,
    scenario_named,
    to_option,
    to_toml,
    write_scenario,
)
from workbench.study.findings import StudyErrors
from workbench.study.toml import read_study

NAMES = st.text("abzÄ-_. /0", min_size=1, max_size=8).filter(lambda text: text == text.strip())
FACTORS = st.floats(1e-6, 1e6)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
MOMENTS = st.integers(1_577_836_800, 2_208_988_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
SPANS = st.one_of(*(st.lists(ends, min_size=2, max_size=2).map(sorted) for ends in (DAYS, MOMENTS)))
LABELS = st.builds(
    lambda tenant, span, kind, series, note: LabelEvent(tenant, span[0], span[1], kind, series, note),
    NAMES,
    SPANS,
    st.sampled_from(["outage", "one-off", "shutdown", "normal"]),
    st.none() | NAMES,
    st.none() | NAMES,
)
EDITS = st.one_of(
    LABELS,
    st.builds(AddTenant, NAMES, NAMES, FACTORS, st.none() | DAYS),
    st.builds(RemoveTenant, NAMES, DAYS),
    st.builds(ScaleDriver, NAMES, FACTORS, st.none() | NAMES, st.none() | DAYS),
    st.builds(SetWorkers, NAMES, st.integers(1, 999)),
    st.builds(SetCache, NAMES, st.integers(1, 2**45)),
    st.builds(SetTtl, NAMES, FACTORS),
    st.builds(SetPrice, NAMES, NAMES, st.decimals(0, 10**6, places=4), st.sampled_from(["EUR", "USD"])),
    st.builds(SetObjective, NAMES, st.floats(0.01, 0.99), FACTORS),
    st.builds(SetFailureRate, NAMES, st.floats(0, 100)),
    st.builds(MoveTenant, NAMES, NAMES, st.sampled_from(Layer), NAMES),
    st.builds(SplitPool, NAMES, NAMES, st.lists(NAMES, min_size=1, max_size=3, unique=True).map(tuple), NAMES),
    st.builds(MergePools, NAMES, st.lists(NAMES, min_size=2, max_size=3, unique=True).map(tuple), NAMES),
    st.builds(PinOffer, NAMES, NAMES, NAMES),
)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(EDITS)
def test_an_edit_written_as_toml_reads_back_the_same(edit):
    assert from_toml(to_toml(edit)) == (edit,)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(EDITS)
def test_an_edit_written_as_an_option_reads_back_the_same(edit):
    assert from_option(to_option(edit)) == edit


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("scale-driver requests 1.2 leipzig", ScaleDriver("requests", 1.2, "leipzig")),
        ("scale-driver requests 1.2 from=2027-01-01", ScaleDriver("requests", 1.2, None, date(2027, 1, 1))),
        ("add-tenant brno leipzig 0.6 2027-04-01", AddTenant("brno", "leipzig", 0.6, date(2027, 4, 1))),
        ("set-cache db-eu-1 '16 GiB'", SetCache("db-eu-1", 2**34)),
        ("move-tenant hybrid leipzig 'database server' db-2", MoveTenant("hybrid", "leipzig", Layer.DATABASE, "db-2")),
        ("split-pool current db-eu-1 leipzig,zwickau db-2", SplitPool("current", "db-eu-1", ("leipzig", "zwickau"), "db-2")),
        ("set-objective production 0.95 '800 ms'", SetObjective("production", 0.95, 0.8)),
    ],
)
def test_options_are_read_as_people_write_them(text, edit):
    assert from_option(text) == edit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "kind = : must not be empty"),
        ("scale-drivr requests 2", 'did you mean "scale-driver"?'),
        ("scale-driver requests", "factor: is missing, e.g. factor = 1.2"),
        ("scale-driver requests much", "factor = much: must be a number"),
        ("scale-driver requests 0", "must be above zero"),
        ("set-workers web 4 5", "left over"),
        ("set-ttl cache 60", "needs a unit"),
        ("merge-pools current a,a b", "none twice"),
        ("move-tenant hybrid a databse b", "is not one of"),
    ],
)
def test_a_wrong_option_says_what_is_wrong(text, expected):
    with pytest.raises(StudyErrors) as caught:
        from_option(text)
    assert expected in str(caught.value)


def test_an_open_quote_is_named():
    with pytest.raises(ValueError, match="close the quotes"):
        from_option("set-cache db '8 GiB")


def test_the_short_forms_of_a_scenario_are_read():
    text = 'add = [{ tenant = "brno", like = "leipzig", scale = 0.6, from = 2027-04-01 }]\n'
    text += 'remove = [{ tenant = "zwickau", until = 2027-06-30 }]'
    assert from_toml(text) == (AddTenant("brno", "leipzig", 0.6, date(2027, 4, 1)), RemoveTenant("zwickau", date(2027, 6, 30)))


def test_an_impossible_edit_cannot_be_made():
    with pytest.raises(ValueError, match="ScaleDriver: factor is -1"):
        ScaleDriver("requests", -1)
    with pytest.raises(ValueError, match="SetObjective: share is 1"):
        SetObjective("production", 1, 0.8)
    with pytest.raises(ValueError, match="AddTenant: tenant = 'a,b' is no name"):
        AddTenant("a,b", "leipzig")


@pytest.fixture
def study(folder):
    return read_study(folder)


def test_an_added_tenant_is_like_the_other_times_its_scale(study):
    brno = apply(study, [AddTenant("brno", "leipzig", 0.6, date(2027, 4, 1))]).study.tenant("brno")
    assert (brno.like, brno.scale, brno.starts, brno.users) == ("leipzig", 0.6, date(2027, 4, 1), 132)
    assert brno.downtime is not None
    assert brno.downtime.per_hour == Decimal(10800)
    assert brno.runs == study.tenant("leipzig").runs
    assert brno.cost_centre is None


def test_an_added_tenant_runs_beside_the_one_it_is_like_and_shares_only_what_it_may(study):
    pools = apply(study, [AddTenant("brno", "leipzig")]).study.topologies[0].pools
    assert [pool.name for pool in pools] == ["db-eu-1", "db-eu-1-brno", "web-eu-1"]
    assert [pool.tenants for pool in pools[:2]] == [("leipzig", "zwickau"), ("brno",)]
    assert pools[2].tenants[-1] == "brno"
    assert pools[1].parts == pools[0].parts


def test_like_a_planned_tenant_leads_to_the_one_with_history(study):
    edited = apply(study, [AddTenant("brno", "leipzig", 0.5), AddTenant("ostrava", "brno", 0.5)])
    assert (edited.study.tenant("ostrava").like, edited.study.tenant("ostrava").scale) == ("leipzig", 0.25)


def test_edits_of_values_change_the_study(study):
    edits = [RemoveTenant("zwickau", date(2027, 6, 30)), SetObjective("production", 0.9, 2.0), SetObjective("leipzig", 0.99, 0.5)]
    edited = apply(study, [*edits, SetFailureRate("release", 4.0)]).study
    assert edited.tenant("zwickau").ends == date(2027, 6, 30)
    assert edited.policies["production"].objective.within_s == 2.0
    assert edited.policy_of(edited.tenant("leipzig")).objective.within_s == 0.5
    assert (edited.failures[1].rate_per_year, edited.failures[1].assumed) == (4.0, True)


def test_edits_for_the_pipeline_are_carried_along(study):
    scale = ScaleDriver("requests", 1.2, "leipzig")
    moved = MoveTenant("hybrid", "leipzig", Layer.DATABASE, "db-2")
    edits = [scale, SetWorkers("web-eu-1", 16), SetCache("db-eu-1", 2**34), SetTtl("cache", 3600.0), moved]
    edited = apply(study, [*edits, SetPrice("azure/E8s_v5", "hour", Decimal("0.4"), "EUR"), PinOffer("hybrid", "db-2", "azure/E8s_v5")])
    held = edited.adjustments
    assert edited.study == study
    assert (held.driver_factors, held.partition_edits) == ((scale,), (moved,))
    assert (held.workers, held.cache_bytes, held.ttl_s) == ({"web-eu-1": 16}, {"db-eu-1": 2**34}, {"cache": 3600.0})
    assert held.prices == {("azure/E8s_v5", "hour"): UnitPrice(Decimal("0.4"), "EUR")}
    assert held.pinned == {("hybrid", "db-2"): "azure/E8s_v5"}


def test_a_split_and_a_move_and_a_merge_keep_every_tenant_in_one_pool(study):
    split = SplitPool("current", "db-eu-1", ("leipzig",), "db-2")
    steps = [split, MoveTenant("current", "zwickau", Layer.DATABASE, "db-2")]
    after_split = apply(study, [split]).study.topologies[0]
    after_move = apply(study, steps).study.topologies[0]
    assert [pool.tenants for pool in after_split.pools] == [("zwickau",), ("leipzig",), ("leipzig", "zwickau", "zwickau-staging")]
    assert after_split.pools[1].parts == after_split.pools[0].parts
    assert [pool.name for pool in after_move.pools] == ["db-2", "web-eu-1"]
    merged = apply(study, [split, MergePools("current", ("db-eu-1", "db-2"), "db-eu-1")]).study.topologies[0]
    assert merged.pools[0].tenants == ("zwickau", "leipzig")
    assert after_split.invoice is None


def test_a_pinned_offer_replaces_the_machines_and_leaves_the_volumes(study):
    parts = apply(study, [PinOffer("current", "db-eu-1", "azure/E16s_v5")]).study.topologies[0].pools[0].parts
    assert [part.offer for part in parts] == ["azure/E16s_v5", "azure/premium-ssd-v2"]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (AddTenant("leipzig", "zwickau"), "already a tenant"),
        (AddTenant("brno", "leipzg"), "no tenant 'leipzg'"),
        (AddTenant("brno", "leipzig", 1.0, date(2029, 1, 1)), "after the horizon: start it by 2028-05-01"),
        (RemoveTenant("brno", date(2027, 1, 1)), "no tenant 'brno'"),
        (ScaleDriver("request", 2.0), "is no driver: use one of requests"),
        (SetObjective("leipzg", 0.9, 1.0), "neither a tenant nor an environment"),
        (SetFailureRate("zone", 1.0), r"no entry in \[failures\]"),
        (MoveTenant("curent", "leipzig", Layer.DATABASE, "db-2"), "no topology 'curent'"),
        (MoveTenant("current", "leipzig", Layer.DATABASE, "db-2"), "no pool 'db-2'"),
        (MoveTenant("current", "leipzig", Layer.DATABASE, "web-eu-1"), "not 'database server'"),
        (MoveTenant("current", "leipzig", Layer.DATABASE, "db-eu-1"), "already in pool"),
        (SplitPool("current", "db-eu-1", ("leipzig", "zwickau"), "db-2"), "nobody would be left"),
        (SplitPool("current", "db-eu-1", ("zwickau-staging",), "db-2"), "does not serve"),
        (SplitPool("current", "db-eu-1", ("leipzig",), "web-eu-1"), "already has a pool"),
        (MergePools("current", ("db-eu-1", "web-eu-1"), "one"), "merge pools of one layer"),
    ],
)
def test_an_edit_names_what_it_does_not_find(study, edit, expected):
    with pytest.raises(ValueError, match=expected):
        apply(study, [edit])


def test_applying_is_pure_and_undo_is_one_edit_less(study):
    scenario = Scenario("two", (AddTenant("brno", "leipzig", 0.6), SplitPool("current", "web-eu-1", ("brno",), "web-2")))
    before = repr(study)
    once = apply(study, scenario.edits)
    assert apply(study, scenario.edits) == once
    assert repr(study) == before
    assert apply(study, scenario.undone().edits) == apply(study, scenario.edits[:1])


def test_a_scenario_saved_is_the_scenario_read(folder, study):
    scenario = Scenario("New plant: Brno", (AddTenant("brno", "leipzig", 0.6, date(2027, 4, 1)), ScaleDriver("requests", 1.1)))
    path = write_scenario(folder, scenario)
    assert path.name == "new-plant-brno.toml"
    assert scenario_named(read_study(folder), "New plant: Brno") == scenario
    assert scenario_diff(scenario, scenario) == ""
    assert "+factor = 1.2" in scenario_diff(scenario, replace(scenario, edits=(ScaleDriver("requests", 1.2),)))
    with pytest.raises(ValueError, match="no scenario 'x'"):
        scenario_named(study, "x")


def test_an_edit_that_finds_nothing_is_an_error_on_its_line(folder):
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write('[[scenarios]]\nname = "a"\nadd = [{ tenant = "brno", like = "leipzg" }]\n')
        file.write('[[scenarios]]\nname = "a"\n[[scenarios.edits]]\nkind = "set-workers"\npool = "web"\nworkers = 0\nwhat = 1\n')
    with pytest.raises(StudyErrors) as caught:
        read_study(folder)
    found = [str(finding) for finding in caught.value.findings]
    assert found[0].startswith("study.toml:73: scenarios[0].add[0]: no tenant 'leipzg'")
    assert any("scenarios[1].name" in text and "names two scenarios" in text for text in found)
    assert any("workers = 0: must be at least 1" in text for text in found)
    assert any("what: is an unknown key" in text for text in found)


def test_a_label_is_added_to_what_the_study_says_and_undone_by_one_edit_less(study):
    labelled = apply(study, (from_option("label-event leipzig 2026-03-02 2026-03-05 one-off note='the crawler of March'"),)).study
    assert [event.note for event in labelled.events] == ["the crawler of March"]
    assert labelled.events[0].start == date(2026, 3, 2)
    assert apply(study, ()).study.events == study.events == ()


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("label-event leipzig 2026-03-05 2026-03-02 one-off", "lies before"),
        ("label-event leipzig 2026-03-02T08:00:00Z 2026-03-05 outage", "mixes a day and a moment"),
        ("label-event leipzig 2026-03-02 2026-03-05 strange", "is not one of outage, one-off, shutdown, normal"),
        ("label-event leipzig soon 2026-03-05 outage", "neither a day nor a moment"),
    ],
)
def test_a_label_that_says_nothing_is_refused(option, expected):
    with pytest.raises(StudyErrors, match=expected):
        from_option(option)
