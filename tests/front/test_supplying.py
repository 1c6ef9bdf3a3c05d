import json
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from workbench.commands.import_files import kind_of_file
from workbench.commands.pulling import HOUR_MS, Keeper, held_windows
from workbench.history import open_history
from workbench.sources.samples import Samples
from workbench.study.toml import read_study

LOG = (
    "2026-10-30 08:00:{second:02d},123 4242 INFO alpha werkzeug: 10.0.0.9 - - [30/Oct/2026 08:00:{second:02d}] "
    '"POST /web/dataset/call_kw HTTP/1.1" 200 - 12 0.020 0.045\n'
)


def test_collect_keeps_files_and_says_the_same_twice(ask, new_study):
    first = json.loads(ask("collect", new_study, "--json").out)
    before = {path: path.read_bytes() for path in (new_study / "history").rglob("*.parquet")}
    second = json.loads(ask("collect", new_study, "--json").out)
    assert first["pulled"][0]["rows"] == 5
    assert second["pulled"][0]["rows"] == 0
    assert before == {path: path.read_bytes() for path in (new_study / "history").rglob("*.parquet")}
    assert "counts" in ask("collect", new_study).out


def test_a_source_that_fails_leaves_the_others_alone(ask, new_study):
    study = new_study / "study.toml"
    study.write_text(
        study.read_text()
        + '[[sources]]\nname = "gone"\nkind = "prometheus"\nurl = "http://127.0.0.1:9"\n'
        + '[[sources]]\nname = "lost"\nkind = "csv"\npath = "lost.csv"\n'
    )
    answer = ask("collect", new_study, "--json", "--since", "2d")
    assert answer.code == 3
    document = json.loads(answer.out)
    assert [one["source"] for one in document["pulled"]] == ["counts"]
    assert [one["source"] for one in document["failed"]] == ["gone", "lost"]
    assert "Traceback" not in answer.err


def test_check_says_which_source_is_not_reached(ask, new_study):
    study = new_study / "study.toml"
    study.write_text(study.read_text() + '[[sources]]\nname = "gone"\nkind = "prometheus"\nurl = "http://127.0.0.1:9"\n')
    answer = ask("check", new_study, "--json")
    assert answer.code == 3
    errors = [one for one in json.loads(answer.out)["findings"] if one["severity"] == "error"]
    assert [one["area"] for one in errors] == ["source gone"]


def test_a_window_counts_as_held_only_when_all_its_parts_are_kept(new_study):
    history = open_history(new_study / "history")
    columns = {"tenant": pl.Utf8, "time": pl.Int64, "value": pl.Float64, "epoch": pl.Utf8}
    frame = pl.DataFrame([("alpha", HOUR_MS, 1.0, "")], schema=columns, orient="row")
    parts = [Samples(f"request_seconds_bucket@{bound}", frame, "p", 0, HOUR_MS) for bound in ("0.1", "+Inf")]
    keeper = Keeper(history, {"request_seconds_bucket": "service"}, HOUR_MS)
    for part in parts:
        keeper.keep(part)
    assert held_windows(history, "p") == {}
    keeper.close()
    assert held_windows(history, "p") == {"request_seconds_bucket": ((0, HOUR_MS),)}
    assert (keeper.rows, keeper.series) == (2, {"request_seconds_bucket"})
    assert "request_seconds_bucket" not in history.series()


def test_check_names_short_history_and_tenants_without_any(ask, new_study):
    tenants = new_study / "tenants.csv"
    tenants.write_text(tenants.read_text() + 'omega,"[{ name = ""Omega"", users = 5 }]",production,std,Europe/Berlin,10,\n')
    answer = ask("check", new_study, "--offline")
    assert answer.code == 0
    assert "omega: no requests in history" in answer.out
    assert "alpha: 60 days of requests" in answer.out


def test_check_counts_in_words_that_agree_with_their_number(ask, new_study):
    (new_study / "study.toml").write_text((new_study / "study.toml").read_text().replace("seed = 3", "sede = 3"))
    answer = ask("check", new_study, "--offline")
    assert answer.code == 1
    assert ": 1 error, " in answer.out


def test_less_than_a_day_of_requests_is_called_that(ask, new_study):
    tenants = new_study / "tenants.csv"
    tenants.write_text(tenants.read_text() + 'omega,"[{ name = ""Omega"", users = 5 }]",production,std,Europe/Berlin,10,\n')
    hours = np.arange(8)
    frame = pl.DataFrame({"tenant": "omega", "time": 1_788_220_800_000 + hours * HOUR_MS, "value": hours * 3600.0, "epoch": ""})
    open_history(new_study / "history").append(Samples("requests", frame, "test", 1_788_220_700_000, 1_788_250_000_000))
    answer = ask("check", new_study, "--offline")
    assert "omega: 7 known hours of requests, less than a day" in answer.out
    assert "omega: 0 days" not in answer.out


def test_a_series_that_is_nan_all_through_is_said_to_be(ask, new_study):
    frame = pl.DataFrame({"tenant": "alpha", "time": [HOUR_MS, 2 * HOUR_MS], "value": [float("nan")] * 2, "epoch": ""})
    open_history(new_study / "history").append(Samples("busy_workers", frame, "prom-eu", 0, 2 * HOUR_MS))
    answer = ask("check", new_study, "--offline")
    assert "prom-eu was asked for busy_workers and answered without one number" in answer.out


def test_an_empty_history_is_an_error_that_says_what_to_do(ask, new_study):
    import shutil

    shutil.rmtree(new_study / "history")
    checked = ask("check", new_study, "--offline")
    assert checked.code == 1
    assert "workbench collect" in checked.out
    compared = ask("compare", new_study)
    assert compared.code == 2
    assert "workbench collect" in compared.err


def test_import_tells_files_apart_and_keeps_them(ask, new_study, tmp_path):
    (tmp_path / "odoo.log").write_text("".join(LOG.format(second=second) for second in range(30)))
    (tmp_path / "incidents.csv").write_text(
        "start,end,cause,domain,tenants\n2026-09-02T08:00:00Z,2026-09-02T09:00:00Z,disk,database server,alpha\n"
    )
    (tmp_path / "invoice.csv").write_text("month,amount,currency,source\n2026-09,1400,EUR,old\n2026-10,1600.50,EUR,new\n")
    (tmp_path / "table.csv").write_text("series,tenant,time,value\ndriver@users,alpha,2026-10-01T00:00:00Z,7\n")
    files = [tmp_path / name for name in ("odoo.log", "incidents.csv", "invoice.csv", "table.csv")]
    assert [kind_of_file(path) for path in files] == ["odoo-log", "incidents", "invoice", "table"]
    answer = ask("import", *files, "--study", new_study)
    assert answer.code == 0, answer.err
    study = read_study(new_study)
    assert next(one for one in study.topologies if one.name == "current").invoice.amount == Decimal("1600.50")
    assert (new_study / "incidents.csv").read_text().count("disk") == 1
    assert "driver@users" in open_history(new_study / "history").series()
    again = json.loads(ask("import", *files, "--study", new_study, "--json").out)
    assert [one["rows"] for one in again["files"]] == [0, 0, 1, 0]


def test_a_bad_file_among_good_ones_changes_nothing(ask, new_study, tmp_path):
    (tmp_path / "table.csv").write_text("series,tenant,time,value\ndriver@users,alpha,2026-10-01T00:00:00Z,7\n")
    (tmp_path / "incidents.csv").write_text("start,end,cause,domain,tenants\nyesterday,today,disk,database server,alpha\n")
    answer = ask("import", tmp_path / "table.csv", tmp_path / "incidents.csv", "--study", new_study)
    assert answer.code == 2
    assert "driver@users" not in open_history(new_study / "history").series()


def test_an_incident_is_kept_once_however_it_is_written_and_moves_its_rate(ask, new_study, tmp_path):
    heading = "start,end,cause,domain,tenants\n"
    (tmp_path / "a.csv").write_text(heading + "2026-09-02T08:00:00Z,2026-09-02T09:00:00Z,disk,database server,alpha|beta\n")
    (tmp_path / "b.csv").write_text(heading + "2026-09-02T10:00:00+02:00,2026-09-02T11:00:00+02:00,disk,database server,beta;alpha\n")
    first = json.loads(ask("import", tmp_path / "a.csv", "--study", new_study, "--json").out)["files"][0]
    again = json.loads(ask("import", tmp_path / "b.csv", "--study", new_study, "--json").out)["files"][0]
    assert (first["rows"], again["rows"]) == (1, 0)
    assert "database server: " in first["note"]
    assert " a year becomes " in first["note"]


def test_an_incident_of_nobody_is_refused_and_nothing_is_written(ask, new_study, tmp_path):
    before = (new_study / "incidents.csv").read_text() if (new_study / "incidents.csv").exists() else None
    rows = (
        "2026-09-02T08:00:00Z,2026-09-02T09:00:00Z,disk,databse server,alpha\n2026-09-02T08:00:00Z,2026-09-02T09:00:00Z,disk,cache,alfa\n"
    )
    (tmp_path / "a.csv").write_text("start,end,cause,domain,tenants\n" + rows)
    answer = ask("import", tmp_path / "a.csv", "--study", new_study)
    assert answer.code == 2
    assert "'databse server' is no failure domain" in answer.err
    assert 'did you mean "alpha"?' in answer.err
    assert ((new_study / "incidents.csv").read_text() if (new_study / "incidents.csv").exists() else None) == before


def test_a_record_is_frozen_and_changes_say_what_moved(ask, new_study):
    assert ask("record", "plan", "--study", new_study, "--reason", "board").code == 0
    assert json.loads(ask("changes", "plan", "--study", new_study, "--json").out)["changes"] == []
    assert ask("changes", "plan", "--study", new_study).out == "nothing moved\n"
    again = ask("record", "plan", "--study", new_study)
    assert again.code == 2
    assert "choose another name" in again.err
    study = new_study / "study.toml"
    study.write_text(study.read_text().replace("per_hour = 85", "per_hour = 95"))
    moved = ask("changes", "plan", "--study", new_study)
    assert "figures.topologies[0].monthly_cost" in moved.out
    assert "inputs.study.toml" in moved.out
    assert "labour per hour: 85 → 95" in moved.out
    for bridge in json.loads(ask("changes", "plan", "--study", new_study, "--json").out)["bridges"]:
        steps = {step["cause"]: Decimal(step["moved"]["total_cost"]) for step in bridge["steps"]}
        assert Decimal(bridge["before"]["total_cost"]) + sum(steps.values()) == Decimal(bridge["after"]["total_cost"])
        assert [cause for cause, moved in steps.items() if moved] == ["policy"]
    assert ask("record", "dearer", "--study", new_study).code == 0
    back = json.loads(ask("changes", "dearer", "plan", "--study", new_study, "--json").out)["bridges"]
    assert all(Decimal(step["moved"]["total_cost"]) <= 0 for bridge in back for step in bridge["steps"])


def test_a_record_without_its_inputs_is_compared_but_has_no_bridge(ask, new_study):
    assert ask("record", "plan", "--study", new_study).code == 0
    path = new_study / "records" / "plan.json"
    values = json.loads(path.read_text())
    del values["computed_from"]
    path.write_text(json.dumps({**values, "reason": "older"}))
    study = new_study / "study.toml"
    study.write_text(study.read_text().replace("per_hour = 85", "per_hour = 95"))
    answer = ask("changes", "plan", "--study", new_study)
    assert "record plan does not hold its inputs" in answer.err
    assert "figures.topologies[0].monthly_cost" in answer.out


def test_prices_are_imported_into_offers_and_listed(ask, new_study, tmp_path):
    (tmp_path / "book.csv").write_text(
        "offer,region,unit,price,currency,provider,kind,description,price_kind,as_of,source\n"
        "own/egress,*,GB,0.05,USD,azure,egress,egress,quote,2026-10-20,quote 7\n"
    )
    answer = ask("prices", "import", tmp_path / "book.csv", "--study", new_study)
    assert answer.code == 0, answer.err
    assert "quote 7" in (new_study / "offers.csv").read_text()
    assert "own/load-balancer" in (new_study / "offers.csv").read_text()
    assert ask("prices", "check", "--study", new_study).code == 0
    assert "westeurope" in ask("prices", "list", "--study", new_study).out


def test_prices_are_listed_by_what_is_asked_for(ask, new_study, tmp_path):
    answer = ask(
        "prices", "list", "--region", "azure/westeurope", "--service", "machine", "--csv", tmp_path / "prices.csv", "--study", new_study
    )
    assert answer.code == 0
    assert "azure/D4s_v5" in answer.out
    assert "premium-ssd" not in answer.out
    assert "azure/D4s_v5,hour,0.23,USD" in (tmp_path / "prices.csv").read_text()
    found = json.loads(ask("prices", "list", "--older-than", "30d", "--json", "--study", new_study).out)["prices"]
    assert {one["as_of"] for one in found} >= {"undated", "2026-08-22"}
    assert ask("prices", "list", "--provider", "azur", "--study", new_study).code == 2


def test_half_a_price_list_changes_nothing_and_is_wrong_input(ask, new_study, tmp_path):
    before = (new_study / "offers.csv").read_bytes()
    (tmp_path / "list.json").write_text('{"products": {"A": {"productFamily": "Compute Inst')
    answer = ask("prices", "import", tmp_path / "list.json", "--study", new_study)
    assert answer.code == 2
    assert "list.json:1: the file ends in the middle" in answer.err
    assert (new_study / "offers.csv").read_bytes() == before


def test_a_currency_without_a_rate_is_an_error_of_the_prices(ask, new_study):
    text = (new_study / "study.toml").read_text()
    (new_study / "study.toml").write_text(text.replace("exchange = {", "# exchange = {"))
    answer = ask("prices", "check", "--study", new_study)
    assert answer.code == 1
    assert "no exchange rate from USD to EUR" in answer.out


def test_init_writes_a_study_that_check_can_read_and_never_writes_over_one(ask, tmp_path):
    folder = tmp_path / "group"
    answer = ask("init", folder)
    assert answer.code == 0
    assert (folder / "study.toml").is_file()
    checked = ask("check", folder, "--offline")
    assert checked.code == 1
    assert "history holds no requests" in checked.out
    assert ask("init", folder).code == 2


def test_init_with_an_address_that_does_not_answer_writes_nothing(ask, tmp_path):
    answer = ask("init", tmp_path / "group", "--prometheus", "http://127.0.0.1:9")
    assert answer.code == 3
    assert not (tmp_path / "group").exists()


@pytest.mark.parametrize("text", ["", "1", "0"])
def test_dates_that_are_none_are_refused(ask, new_study, tmp_path, text):
    (tmp_path / "book.csv").write_text("x\n")
    assert ask("prices", "import", tmp_path / "book.csv", "--study", new_study, "--as-of", text or "soon").code == 2
