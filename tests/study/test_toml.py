"""A study is read whole, or refused with every error, its file and its line."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from models.topology.resources import Layer
from workbench.study.findings import StudyErrors
from workbench.study.sections.events import span_of
from workbench.study.toml import inspect_study, read_study


def errors_of(folder: Path) -> list[str]:
    with pytest.raises(StudyErrors) as caught:
        read_study(folder)
    assert str(caught.value).splitlines() == [str(finding) for finding in caught.value.findings]
    return [str(finding) for finding in caught.value.findings if finding.severity == "error"]


def change(folder: Path, old: str, new: str, file: str = "study.toml") -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_documented_example_is_read(folder):
    study = read_study(folder)
    assert (study.name, study.as_of, study.horizon_months, study.seed) == ("Meridian Manufacturing", date(2026, 11, 1), 18, 1)
    assert [tenant.name for tenant in study.tenants] == ["zwickau", "zwickau-staging", "leipzig"]
    assert study.money.exchange[0].rate == Decimal("0.90")
    assert study.money.budget == {"FY2026": Decimal(210000), "FY2027": Decimal(455000)}
    assert study.purchase.commit_share == "stable"
    assert study.purchase.lead_time_days == 42
    assert study.users_share_limit == 0.35
    assert study.incidents[0].start == datetime(2026, 3, 2, 8, 10, tzinfo=UTC)
    assert study.incidents[0].tenants == ("leipzig", "zwickau")


def test_a_tenant_has_what_its_block_says(folder):
    leipzig = read_study(folder).tenant("leipzig")
    assert leipzig.users == 220
    assert leipzig.isolation == {Layer.DATABASE: "own"}
    assert leipzig.isolation_because == "customer audit 2026"
    assert leipzig.downtime is not None
    assert leipzig.downtime.ramp == ((0.0, Decimal("0.05")), (1.0, Decimal("0.2")), (4.0, Decimal("0.5")))
    assert leipzig.processes[0].rpo_h == pytest.approx(5 / 60)


def test_columns_with_dots_nest_and_empty_cells_are_missing(folder):
    study = read_study(folder)
    zwickau, staging = study.tenant("zwickau"), study.tenant("zwickau-staging")
    assert (zwickau.users, zwickau.cost_centre, zwickau.isolation) == (180, "4712", {Layer.CACHE: "own"})
    assert staging.plants == ()
    assert staging.downtime is None


def test_a_block_overrides_its_row_key_by_key(folder):
    change(
        folder,
        '[[tenants]]\nname = "leipzig"',
        '[[tenants]]\nname = "zwickau"\ndowntime = { ramp = [["0 h", 1]] }\ncost_centre = "9"\n[[tenants]]\nname = "leipzig"',
    )
    zwickau = read_study(folder).tenant("zwickau")
    assert zwickau.cost_centre == "9"
    assert zwickau.downtime is not None
    assert (zwickau.downtime.per_hour, zwickau.downtime.ramp) == (Decimal(9000), ((0.0, Decimal(1)),))
    assert zwickau.users == 180


def test_other_environments_take_from_production_what_they_leave_out(folder):
    staging = read_study(folder).policies["staging"]
    assert (staging.survives, staging.rto_h, staging.awake_hours_per_week) == ("none", 4.0, 70.0)


def test_a_tenants_own_rules_differ_only_where_they_say_so(folder):
    change(folder, 'cost_centre = "4711"', 'policy = { response = { within = "2 s" } }')
    study = read_study(folder)
    policy = study.policy_of(study.tenant("leipzig"))
    assert (policy.objective.within_s, policy.objective.share, policy.survives) == (2.0, 0.95, "zone")


def test_rings_become_cumulative_and_must_reach_everyone(folder):
    assert read_study(folder).failures[1].rings == (0.1, 0.4, 1.0)
    change(folder, "rings = [0.1, 0.3, 0.6]", "rings = [0.1, 0.3]")
    assert errors_of(folder) == [
        "study.toml:45: failures.release.rings = […]: must add up to 1 and adds up to 0.4, e.g. rings = [0.1, 0.3, 0.6]"
    ]


def test_sizes_and_durations_of_settings_are_read_with_their_unit(folder):
    change(folder, "max_connections = 400", 'max_connections = 400, ttl_s = "1 h"', "topologies/current.toml")
    settings = read_study(folder).topologies[0].pools[0].settings
    assert settings == {"max_connections": 400, "ttl_s": 3600, "shared_buffers_bytes": 16 * 2**30}


def test_every_error_comes_at_once_with_file_and_line(folder):
    change(folder, '"800 ms"', '"800"')
    change(folder, "seed = 1", "sead = 1")
    change(folder, "as_of = 2026-11-01", "as_of = 2026-02-31")
    change(folder, "Europe/Berlin", "Europe/Berln")
    change(folder, "per_hour = 85", "per_hour = -85")
    change(folder, "180", "many", "tenants.csv")
    change(folder, '"zwickau-staging"', '"leipzig", "munich"', "topologies/current.toml")
    change(folder, "09:00:00+00:00", "07:00:00+00:00", "incidents.csv")
    assert errors_of(folder) == [
        "incidents.csv:2: end = 2026-03-02T07:00:00+00:00: must be after start, which is 2026-03-02T08:10:00+00:00",
        'study.toml:4: study.as_of = "2026-02-31": is no day of the calendar, e.g. 2026-11-01',
        'study.toml:6: study.sead: is an unknown key, did you mean "seed"?',
        'study.toml:27: policy.production.response.within = "800": needs a unit, e.g. "800 ms"',
        "study.toml:39: labour.per_hour = -85: must not be negative",
        'study.toml:66: tenants[0].calendar.zone = "Europe/Berln": is an unknown time zone, did you mean "Europe/Berlin"?',
        "tenants.csv:2: tenants[zwickau].plants[0].users = many: must be a number, with a dot for decimals, e.g. 0.95",
        "topologies/current.toml:14: pools[1].tenants = […]: names who is no tenant: 'munich', add them to tenants.csv",
        (
            "topologies/current.toml:14: pools[1].tenants = […]: serves 'leipzig' a second time in the layer 'workers', "
            "keep it in one pool of the layer"
        ),
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("per_hour = 85", "per_hour = nan", "must be finite"),
        ("18 months", "18 weeks", "use months or years"),
        ("18 months", "0 months", "at least one"),
        ('currency = "EUR"', 'currency = "euro"', "ISO 4217"),
        ("USD = 0.90", "USD = 0", "must be above zero"),
        ("USD = 0.90", "EUR = 0.90", "study's own currency"),
        ('"azure/westeurope"', '"westeurope"', "needs a provider and a region"),
        ("users_share = 0.35", "users_share = 35", "share from 0 to 1"),
        ("headroom = 0.10", "headroom = 1", "keeps everything free"),
        ("plan_at = 0.95", "plan_at = 1.0", "both excluded"),
        ('environment = "production"', 'environment = "prodction"', 'did you mean "production"?'),
        ('"database server" = "own"', '"database" = "own"', "is no layer"),
        ('"database server" = "own"', '"database server" = "mine"', "neither own nor shared"),
        ('fiscal_year_starts = "04-01"', 'fiscal_year_starts = "13-01"', "is no month and day"),
        ('kind = "prometheus"', 'kind = "prometeus"', 'did you mean "prometheus"?'),
        ("(?P<tenant>[a-z]+)_prod", "([a-z]+)_prod", "no group named tenant"),
        ("(?P<tenant>[a-z]+)_prod", "(?P<tenant>[a-z+_prod", "is no regular expression"),
        ('server_of = "db-eu-1"', 'server_of = "db-eu-2"', "is no pool of topologies/current.toml"),
        ('sql = "select', 'sql = "delete', "start it with select or with"),
        ('["1 h", 0.2]', '["5 h", 0.2]', "must start at 0 h and grow"),
        ('"DE-SN"', '"Saxony"', "is no code of a country"),
        ('"Sun 02:00-06:00"', '"Sun 2-6"', "is no weekly window"),
        ("format = 1", "format = 2", "is not known to this version"),
        ('name = "pg-eu-1"', 'name = "prom-eu"', "names two sources"),
        ('evidence = 2, outage = "1 h", source = "assumption"', "evidence = 2", 'failures."database server".outage: is missing'),
        ('cost_centre = "4711"', 'like = "zwickau"\nstarts = 2029-01-01', "lies after the horizon"),
        ('cost_centre = "4711"', 'like = "zwickow"', 'did you mean "zwickau"?'),
        ('cost_centre = "4711"', "starts = 2027-01-01\nends = 2026-12-31", "lies before starts"),
        ('horizon = "18 months"', "", 'study.horizon: is missing, e.g. horizon = "18 months"'),
        ('region = "azure/westeurope"', "", "platform.region: is missing"),
        ('tenants = "tenants.csv"', 'tenants = "people.csv"', "cannot be read"),
        ("[policy.staging]", "[policy.stagng]", 'did you mean "staging"?'),
        ('name = "leipzig"', 'name = "zwickau"\n[[tenants]]\nname = "zwickau"', "names two tenants"),
        ('name = "leipzig"', 'name = "staging"', "also the name of an environment"),
        ('commit = { share = "stable"', "commit = { share = 1.5", "share from 0 to 1 or"),
        ("USD = 0.90", "usd = 0.90", "ISO 4217"),
        ('keep = ["14 days", "12 months"]', 'keep = ["12 h"]', "must be whole days"),
        ('awake = "Mon-Fri 06:00-20:00"', 'awake = "daytime"', "is no weekly window"),
        ('response = { share = 0.95, within = "800 ms" }', "", "policy.production.response: is missing"),
        ("release = { rate", "releases = { rate", "is no failure domain"),
        ("release,leipzig", "relase,leipzig", 'did you mean "release"?'),
        ("release,leipzig", "release,leipzg", "names who is no tenant: leipzg"),
        ("2026-03-02T08:10:00Z", "yesterday", "is no moment"),
        ('postgres = "16"', 'postgres = "sixteen"', "is no major version"),
        ("downtime = { per_hour = 18000, ramp", "downtime = { ramp", "downtime.per_hour: is missing"),
        ('["1 h", 0.2]', '["1 h"]', "must be a pair of time and share"),
        ('sql = "select', 'path = "a.csv"\nsql = "select', "has both sql and path"),
        ('"https://prometheus.example.org"', '"prometheus.example.org"', "is no http or https address"),
        ('"https://prometheus.example.org"', '"https://prometheus:port"', "is no address"),
        ('"https://prometheus.example.org"', '"?"', "is still open, fill it in"),
        ('pattern = "(?P<tenant>[a-z]+)_prod"', 'pattern = "(?P<tenant>[a-z]+)_prod", labl = "x"', 'did you mean "label"?'),
        ('offers = ["azure/D*s_v5", "own/*"]', 'offers = "azure/*"', "must be an array"),
        ('plants = [{ name = "Leipzig", users = 220 }]', "plants = [220]", "must be an array of tables"),
        ('plants = [{ name = "Leipzig", users = 220 }]', 'plants = [{ name = "Leipzig", users = 2.5 }]', "must be a whole number"),
        ('cost_centre = "4711"', 'regulated = "yes"', "must be true or false"),
        ("fiscal_year_starts", "as_of = 3\nfiscal_year_starts", "is an unknown key"),
        ("seed = 1", "seed = 07:30:00", "must be a number"),
        ('cost_centre = "4711"', "starts = 2027-01-01T00:00:00", "is no date"),
        ('holidays = "DE-SN"', 'holidays = ""', "must not be empty"),
        ('name = "leipzig"', 'name = "leipzig,"', "is no name"),
        ("max_connections = 400", 'ttl_s = "400"', "needs a unit"),
        ('name = "web-eu-1"', 'name = "db-eu-1"', "names two pools"),
        ("cost_centre,isolation.cache", "cost_centre,cost_centre", "is a column twice"),
        ("cost_centre,isolation.cache", "plants,isolation.cache", "contradicts another column"),
        ("4712,own", "4712,own,own", "has 10 cells for 9 columns"),
        ("hours_per_release = { pool = 6, environment = 1 }", "hours_per_release = 6", "must be a table"),
    ],
)
def test_a_broken_rule_is_named_with_its_fix(folder, old, new, expected):
    files = ("study.toml", "tenants.csv", "incidents.csv", "topologies/current.toml")
    change(folder, old, new, next(file for file in files if old in (folder / file).read_text(encoding="utf-8")))
    assert any(expected in error for error in errors_of(folder))


def test_a_tenant_in_two_rows_is_refused(folder):
    with (folder / "tenants.csv").open("a", encoding="utf-8") as file:
        file.write("zwickau,production,,,,,,,\n")
    assert any("tenants.csv:4: tenants[zwickau].name" in error and "names two tenants" in error for error in errors_of(folder))


def test_a_missing_table_of_tenants_is_one_error(folder):
    (folder / "tenants.csv").unlink()
    assert errors_of(folder) == ["tenants.csv: cannot be read (No such file or directory), check that the file is there and saved as UTF-8"]


def test_cells_may_hold_arrays_and_numbered_columns_are_arrays(folder):
    text = "name,plants,processes.0.name,processes.0.rto,processes.0.rpo,regulated\n# who,,,,,\n"
    text += 'zwickau,"[{ name = ""Z"", users = 5 }]",shipping,1 h,5 min,true\n'
    (folder / "tenants.csv").write_text(text + "zwickau-staging,,,,,false\n", encoding="utf-8")
    zwickau = read_study(folder).tenant("zwickau")
    assert (zwickau.users, zwickau.processes[0].rto_h, zwickau.regulated) == (5, 1.0, True)
    change(folder, '"[{ name = ""Z"", users = 5 }]"', "[{]", "tenants.csv")
    assert errors_of(folder) == ["tenants.csv:3: tenants[zwickau].plants = [{]: must be an array of tables, e.g. [[plants]]"]


def test_an_unknown_column_is_said_once(folder):
    change(folder, "cost_centre", "cost_center", "tenants.csv")
    assert errors_of(folder) == ['tenants.csv:1: cost_center: is an unknown key, did you mean "cost_centre"?']


def test_broken_lines_do_not_hide_other_errors(folder):
    change(folder, "seed = 1", "seed =")
    change(folder, "per_hour = 85", "per_hour = -85")
    found = errors_of(folder)
    assert found[0].startswith("study.toml:6: is no TOML: invalid value")
    assert any("must not be negative" in error for error in found)


def test_a_file_that_is_no_toml_at_all_is_refused(folder):
    (folder / "study.toml").write_text("<html>\n", encoding="utf-8")
    assert errors_of(folder)[0].startswith("study.toml:1: is no TOML")
    (folder / "study.toml").write_bytes(b"format = 1 # \xff\n")
    assert "is not UTF-8" in errors_of(folder)[0]
    (folder / "study.toml").unlink()
    assert "cannot be read" in errors_of(folder)[0]


@pytest.mark.parametrize(
    ("old", "new", "file"),
    [
        ("https://prometheus", "https://reader:hunter2@prometheus", "study.toml"),
        ('"https://prometheus.example.org"', '"reader:hunter2@prometheus.example.org"', "study.toml"),
        ('service = "erp-reporting"', 'service = "host=db password=hunter2"', "study.toml"),
        ('service = "erp-reporting"', 'password = "hunter2"', "study.toml"),
        ('service = "erp-reporting"', 'token = "hunter2"', "study.toml"),
        ('service = "erp-reporting"', 'headers = { Authorization = "Bearer hunter2" }', "study.toml"),
        ("4712,\n", "https://u:hunter2@erp,\n", "tenants.csv"),
        ('owner = "dba"', 'owner = "postgres://dba:hunter2@db"', "topologies/current.toml"),
    ],
)
def test_a_secret_is_refused_and_never_repeated(folder, old, new, file):
    change(folder, old, new, file)
    found = errors_of(folder)
    assert any("holds a secret" in error and "(hidden)" in error for error in found)
    assert "hunter2" not in "\n".join(found)


def test_headers_may_name_an_environment_variable(folder):
    change(folder, 'service = "erp-reporting"', 'headers = { Authorization = "$PG_TOKEN", X-Scope-OrgID = "plants" }')
    assert read_study(folder).sources[1].headers == {"Authorization": "$PG_TOKEN", "X-Scope-OrgID": "plants"}


def test_doubts_are_warnings_and_do_not_stop_the_reading(folder):
    change(folder, "per_hour = 85", "")
    warnings = [str(finding) for finding in inspect_study(folder).warnings]
    assert any("labour.per_hour: is missing: work is counted as free" in warning for warning in warnings)
    assert any("have no downtime.per_hour" in warning for warning in warnings) is False


def test_a_thousand_tenants_are_read(folder):
    rows = [f"t{index},production,P{index},50,Europe/Berlin,std,100,,\n" for index in range(1000)]
    with (folder / "tenants.csv").open("a", encoding="utf-8") as file:
        file.writelines(rows)
    assert len(read_study(folder).tenants) == 1003


EVENT = '\n[[events]]\ntenant = "leipzig"\nfrom = 2026-03-02\nto = 2026-03-05\nkind = "shutdown"\nnote = "new press"\n'


def test_events_are_whole_local_days_or_moments(folder):
    path = folder / "study.toml"
    moments = EVENT.replace("2026-03-02", "2026-03-02T08:10:00Z").replace("2026-03-05", "2026-03-02T09:00:00+01:00").replace("+01:00", "Z")
    path.write_text(path.read_text() + EVENT + moments)
    days, hours = read_study(folder).events
    assert (days.tenant, days.kind, days.series, days.note) == ("leipzig", "shutdown", None, "new press")
    assert span_of(days, "Europe/Berlin") == (datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 5, 23, tzinfo=UTC))
    assert span_of(hours, "Europe/Berlin") == (datetime(2026, 3, 2, 8, 10, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('kind = "shutdown"', 'kind = "holiday"', "is not one of outage, one-off, shutdown, normal"),
        ('tenant = "leipzig"', 'tenant = "leibzig"', 'did you mean "leipzig"'),
        ("to = 2026-03-05", "to = 2026-03-01", "lies before from"),
        ("to = 2026-03-05", "to = 2026-03-05T10:00:00Z", "must be a day if from is one"),
        ("from = 2026-03-02\n", "", "events[0].from: is missing"),
    ],
)
def test_a_wrong_event_is_named_with_its_line(folder, old, new, expected):
    path = folder / "study.toml"
    path.write_text(path.read_text() + EVENT.replace(old, new))
    (error,) = errors_of(folder)
    assert expected in error
    assert error.startswith("study.toml:")
