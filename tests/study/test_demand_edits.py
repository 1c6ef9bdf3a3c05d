"""Changes to demand are read as people write them, written so that they read back, and refused where they find nothing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.topology.resources import Driver
from workbench.study.edits import (
    ChangeGrowth,
    Jump,
    MigrateTenant,
    ScaleDriver,
    ScaleGrowth,
    SetWorkingDays,
    apply,
    from_option,
    from_toml,
    to_option,
    to_toml,
)
from workbench.study.findings import StudyErrors
from workbench.study.source_specs import DriverSpec
from workbench.study.toml import inspect_study, read_study

NAMES = st.text("abzÄ-_. /0", min_size=1, max_size=8).filter(lambda text: text == text.strip())
FACTORS = st.floats(1e-6, 1e6)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
SCOPES = st.sampled_from([(None, None), ("jena", None), (None, "staging")])


@st.composite
def demand_edits(draw):
    tenant, environment = draw(SCOPES)
    days = draw(st.lists(DAYS, min_size=2, max_size=2).map(sorted))
    start, end = draw(st.sampled_from([(None, None), (days[0], None), (None, days[1]), (days[0], days[1])]))
    driver = draw(st.none() | NAMES)
    return draw(
        st.sampled_from(
            [
                ScaleDriver(draw(NAMES), draw(FACTORS), tenant, start, end, environment),
                Jump(draw(FACTORS), tenant, start, end, environment),
                ChangeGrowth(draw(st.floats(-0.9, 1)), tenant, driver, start, environment),
                ScaleGrowth(draw(st.floats(0, 10)), tenant, driver, start, environment),
                SetWorkingDays(draw(st.integers(1, 7)), tenant, start, end, environment, draw(st.sampled_from(["day", "week"]))),
                MigrateTenant(draw(NAMES), days[0]),
            ]
        )
    )


@settings(max_examples=300, derandomize=True, deadline=None)
@given(demand_edits())
def test_every_form_reads_back_from_toml_and_from_the_shell(edit):
    assert from_toml(to_toml(edit)) == (edit,)
    assert from_option(to_option(edit)) == edit


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("scale-driver orders +20%", ScaleDriver("orders", 1.2)),
        ("scale-driver orders '-5 %' environment=staging", ScaleDriver("orders", 0.95, environment="staging")),
        (
            "scale-driver users x1.5 leipzig 2027-01-01 2027-03-31",
            ScaleDriver("users", 1.5, "leipzig", date(2027, 1, 1), date(2027, 3, 31)),
        ),
        ("jump 1.4 from=2027-01-01 until=2027-02-28", Jump(1.4, None, date(2027, 1, 1), date(2027, 2, 28))),
        ("change-growth '+2 %/month'", ChangeGrowth(0.02)),
        ("change-growth -1%/month leipzig", ChangeGrowth(-0.01, "leipzig")),
        ("change-growth 0.02 driver=orders from=2027-01-01", ChangeGrowth(0.02, None, "orders", date(2027, 1, 1))),
        ("scale-growth 0.5", ScaleGrowth(0.5)),
        ("set-working-days 6 leipzig keeping=week", SetWorkingDays(6, "leipzig", keeping="week")),
        ("migrate-tenant leipzig 2027-04-01", MigrateTenant("leipzig", date(2027, 4, 1))),
    ],
)
def test_options_are_read_as_people_write_them(text, edit):
    assert from_option(text) == edit


def test_a_table_takes_percent_as_text():
    text = '[[edits]]\nkind = "scale-driver"\ndriver = "orders"\nfactor = "+20 %"\n[[edits]]\nkind = "change-growth"\nby = "+2 %/month"\n'
    assert from_toml(text) == (ScaleDriver("orders", 1.2), ChangeGrowth(0.02))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("scale-driver orders -100%", "factor = -100%: leaves nothing"),
        ("scale-driver orders plenty", "factor = plenty: must be a number"),
        ("change-growth '2 %'", "is no growth a month, write it with its sign"),
        ("jump 1.4 from=2027-03-01 until=2027-01-01", "until 2027-01-01 lies before from 2027-03-01"),
        ("jump 1.4 leipzig environment=staging", "name one of them, or none for all"),
        ("set-working-days 8", "must be 1 to 7 a week"),
        ("set-working-days 6 keeping=month", "is not one of day, week"),
    ],
)
def test_a_wrong_option_says_what_is_wrong(text, expected):
    with pytest.raises((StudyErrors, ValueError)) as caught:
        from_option(text)
    assert expected in str(caught.value)


@pytest.fixture
def study(folder):
    read = read_study(folder)
    drivers = (DriverSpec("orders", sql="select 1", drives=(Driver.REQUESTS,)), DriverSpec("pallets", sql="select 1"))
    return replace(read, drivers=drivers)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (ScaleDriver("pallets", 1.2), r"driver 'pallets' is tied to no resource: say what follows it, such as drives = \[\"requests\"\]"),
        (ScaleDriver("order", 1.2), 'is no driver: use one of .*did you mean "orders"'),
        (ChangeGrowth(0.02, driver="ordrs"), 'is no driver: use one of .*did you mean "orders"'),
        (Jump(1.4, environment="play"), "is an environment of no tenant: use one of"),
        (Jump(1.4, "nowhere"), "no tenant 'nowhere'"),
        (Jump(1.4, start=date(2040, 1, 1)), "lies after the horizon: start it by"),
        (Jump(1.4, end=date(2020, 1, 1)), "it would change nothing"),
        (MigrateTenant("leipzig", date(2040, 1, 1)), "after the horizon"),
    ],
)
def test_what_an_edit_does_not_find_is_refused(study, edit, expected):
    with pytest.raises(ValueError, match=expected):
        apply(study, (edit,))


def test_a_migrated_tenant_begins_on_its_day(study):
    assert apply(study, (MigrateTenant("leipzig", date(2027, 4, 1)),)).study.tenant("leipzig").starts == date(2027, 4, 1)


def test_what_a_scenario_does_not_find_is_said_with_file_and_line(folder):
    with (folder / "study.toml").open("a") as file:
        file.write('\n[[scenarios]]\nname = "lost"\n[[scenarios.edits]]\nkind = "scale-driver"\ndriver = "ordrs"\nfactor = 1.2\n')
    with pytest.raises(StudyErrors) as caught:
        inspect_study(folder)
    assert "study.toml:" in str(caught.value)
    assert "ScaleDriver: 'ordrs' is no driver" in str(caught.value)


def test_what_a_driver_drives_is_read_from_its_table(folder):
    with (folder / "study.toml").open("a") as file:
        file.write('\n[[drivers]]\nname = "pallets"\nsql = "select 1"\ndrives = ["requests", "batch"]\n')
    pallets = read_study(folder).drivers[-1]
    assert pallets.drives == (Driver.REQUESTS, Driver.BATCH)


def test_a_driver_that_drives_the_unknown_is_refused(folder):
    with (folder / "study.toml").open("a") as file:
        file.write('\n[[drivers]]\nname = "pallets"\nsql = "select 1"\ndrives = ["request"]\n')
    with pytest.raises(StudyErrors) as caught:
        read_study(folder)
    assert "names 'request', which is not one of requests, batch" in str(caught.value)


def test_a_driver_that_drives_nothing_is_warned_of_and_two_of_a_name_are_refused(folder):
    study = folder / "study.toml"
    study.write_text(study.read_text() + '\n[[drivers]]\nname = "pallets"\nsql = "select 1"\n')
    assert any("driver pallets is tied to no resource" in str(finding) for finding in inspect_study(folder).warnings)
    study.write_text(study.read_text() + '\n[[drivers]]\nname = "pallets"\nsql = "select 2"\n')
    with pytest.raises(StudyErrors, match="names two drivers"):
        read_study(folder)
