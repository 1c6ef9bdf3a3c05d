import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.bundled import bundled_study
from workbench.cli.parser import VERBS

HEAVY = ("numpy", "textual", "polars", "pandas", "scipy", "plotly", "psycopg", "requests")


def test_help_is_there_at_once_and_loads_nothing_heavy():
    probe = (
        "import sys\nfrom workbench.cli import main\nassert main(['--help']) == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert all(verb in done.stdout for verb in VERBS)
    assert "--html" not in done.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(ask, verb):
    answer = ask(verb, "--help")
    assert answer.code == 0
    assert "usage: workbench" in answer.out
    assert ("--html" in answer.out) == (verb == "compare")


def test_compare_prints_a_table_and_keeps_narration_apart(ask, small_folder):
    answer = ask("compare", small_folder)
    assert answer.code == 0
    assert answer.out.startswith("Small · as of 2026-10-31 · horizon 6 months")
    assert "planning hybrid" in answer.err
    assert "planning" not in answer.out


def test_without_a_terminal_the_comparison_is_printed(ask, small_folder, monkeypatch):
    monkeypatch.chdir(small_folder / "topologies")
    answer = ask()
    assert answer.code == 0
    assert answer.out.startswith("Small")


def test_compare_writes_json_and_csv_at_once_with_the_same_digits(ask, small_folder, tmp_path):
    target = tmp_path / "lines.csv"
    answer = ask("compare", small_folder, "--json", "--csv", target, "--scenario", "delta comes", "--topology", "current", "--why")
    document = json.loads(answer.out)
    assert answer.code == 0
    assert document["scenario"] == "delta comes"
    assert [one["name"] for one in document["topologies"]] == ["current"]
    assert document["origins"]["monthly_cost"]
    assert target.read_text().count("\n") > 5
    assert {path.name for path in tmp_path.iterdir()} == {"lines.csv"}


def test_gates_decide_the_exit_code(ask, small_folder):
    met = ask("compare", small_folder, "--topology", "hybrid", "--require", "hybrid.headroom>=0", "--require", "hybrid.feasible==true")
    assert met.code == 0
    assert "met: hybrid.headroom>=0" in met.err
    missed = ask("compare", small_folder, "--json", "--topology", "hybrid", "--require", "hybrid.monthly_cost<1")
    assert missed.code == 1
    assert json.loads(missed.out)["requirements"][0]["met"] is False


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("compare", "--require", "nonsense"), "write topology.figure>=number"),
        (("compare", "--require", "hybrid.beauty>=1"), "choose one of"),
        (("compare", "--require", "hybrid.headroom>=much"), "is no bound"),
        (("compare", "--topology", "nothing"), "no topology 'nothing'"),
        (("compare", "--scenario", "nothing"), "known are 'delta comes'"),
        (("compare", "--edit", "do something"), "--edit"),
        (("compare", "--edit", "scale-driver requests 1.2 nobody"), "nobody"),
        (("risk", "--lose", "nothing"), "no failure domain 'nothing'"),
        (("size", "--rate", "5"), "also needs --cpu"),
        (("size", "--rate", "-5"), "must be above 0"),
        (("size", "--rate", "5", "--cpu", "45"), "is no duration"),
        (("forecast", "--at-most", "2"), "between 0 and 1"),
        (("fit", "--tenant", "nobody"), "no workload of tenant 'nobody'"),
        (("nothing-here",), "holds no study.toml"),
        (("snapshot",), "no source of kind"),
        (("collect", "--source", "nothing"), "no source 'nothing'"),
        (("changes", "nothing"), "no record 'nothing'"),
        (("prices", "import", "nothing.csv"), "nothing.csv"),
        (("import", "nothing.csv"), "nothing.csv"),
        (("compare", "--unknown"), "unrecognized arguments"),
    ],
)
def test_wrong_input_is_one_message_and_exit_code_2(ask, small_folder, monkeypatch, arguments, says):
    monkeypatch.chdir(small_folder)
    answer = ask(*arguments)
    assert answer.code == 2
    assert says in answer.err
    assert answer.out == ""
    assert "Traceback" not in answer.err


def test_a_broken_study_says_every_error_with_file_and_line(ask, new_study):
    study = new_study / "study.toml"
    study.write_text(study.read_text().replace("seed = 3", 'seed = "three"\ncolour = "red"').replace('"6 months"', '"6 parsecs"'))
    answer = ask("compare", new_study)
    assert answer.code == 2
    assert answer.err.count("study.toml:") >= 3
    assert ask("check", new_study, "--offline").code == 1


def test_a_password_in_a_study_is_refused_and_not_repeated(ask, new_study):
    study = new_study / "study.toml"
    study.write_text(study.read_text() + '[[sources]]\nname = "p"\nkind = "prometheus"\nurl = "https://me:hunter2@prom.example"\n')
    answer = ask("check", new_study, "--offline")
    assert answer.code == 1
    assert "hunter2" not in answer.out + answer.err


def test_bill_risk_fit_and_forecast_answer_in_both_forms(ask, small_folder):
    for verb, key in (("bill", "lines"), ("risk", "domains"), ("fit", "tenants"), ("forecast", "exhaustion")):
        arguments = (verb, small_folder, *(("--topology", "current") if verb == "bill" else ()))
        assert json.loads(ask(*arguments, "--json").out)[key]
        assert ask(*arguments).out.count("\n") > 10


def test_losing_a_domain_now_says_who_and_what(ask, small_folder):
    answer = ask("risk", small_folder, "--lose", "db")
    assert answer.code == 0
    assert "db is lost now" in answer.out
    assert "alpha, beta, gamma" in answer.out
    assert json.loads(ask("risk", small_folder, "--lose", "db", "--json").out)["lost_now"]["users"] == 200


def test_the_forecast_gate_decides_the_exit_code(ask, small_folder):
    assert ask("forecast", small_folder, "--full-within", "1d", "--at-most", "1").code == 0
    strict = ask("forecast", small_folder, "--full-within", "360d", "--at-most", "0")
    assert strict.code == 1
    assert "is full within 360 days" in strict.err


def test_fit_says_the_same_digits_in_json_and_csv(ask, small_folder, tmp_path):
    file = tmp_path / "fit.csv"
    document = json.loads(ask("fit", small_folder, "--json", "--csv", str(file)).out)
    with file.open(encoding="utf-8", newline="") as rows:
        table = {(row["kind"], row["subject"], row["parameter"]): row for row in csv.DictReader(rows)}
    for tenant in document["tenants"]:
        for name, one in tenant["parameters"].items():
            row = table["tenant", tenant["tenant"], name]
            assert (float(row["value"]), float(row["low"]), float(row["high"])) == (one["value"], one["p05"], one["p95"])
    said = [one["pool"] for one in document["pools"]] + [one["pool"] for one in document["not_fitted"]]
    assert sorted(said) == ["workers", "workers-metal"]
    for pool in document["pools"]:
        for name, one in pool["parameters"].items():
            assert float(table["worker pool", pool["pool"], name]["value"]) == one["value"]
    assert all(one["why"] for one in document["not_fitted"])


def test_fit_says_what_the_data_leave_open(ask, small_folder):
    out = ask("fit", small_folder, "--tenant", "alpha").out
    assert "tenant alpha" in out
    assert "beta" not in out.replace("of its tenants", "")
    assert "goodness of fit" in out


def test_size_by_users_shows_both_bounds_and_the_rule_of_thumb(ask):
    load = ("size", "--users", "220", "--think", "25s", "--requests-per-action", "4", "--cpu", "45ms", "--database", "20ms")
    machine = ("--scv", "2.5", "--cores", "4", "--within", "800ms", "--database-cores", "4")
    sizing = json.loads(ask(*load, *machine, "--json").out)["sizing"]
    fewest = sizing["fewest"]
    assert fewest["carries"] == min(fewest["keeps_response"], fewest["keeps_queue"])
    assert fewest["keeps"]
    assert fewest["rate"] == pytest.approx(220 * 4 / 25, rel=0.02)
    assert sizing["rule"]["workers"] == 37
    out = ask(*load, *machine).out
    assert "rule of thumb for 220 users" in out
    assert "comes first" in out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--users", "20"), "size --users also needs --cpu, --cores, --within, --think"),
        (("--rate", "20", "--users", "5", "--think", "9s"), "--rate or --users, not both"),
        (("--rate", "20", "--overflow", "2"), "must lie between 0 and 1"),
    ],
)
def test_size_says_what_is_wrong(ask, options, message):
    rest = () if options[0] == "--users" else ("--cpu", "45ms", "--cores", "4", "--within", "800ms")
    answer = ask("size", *options, *rest)
    assert answer.code == 2
    assert message in answer.err


def test_size_of_a_database_cache_passes_through_the_observed_point(ask):
    database = ("size", "--stored", "40GiB", "--buffers", "8GiB", "--reads", "40000", "--missed", "0.05", "--wanted", "16GiB")
    document = json.loads(ask(*database, "--json").out)
    assert document["observed"]["iops"] == pytest.approx(2000)
    assert document["set"]["iops_low"] <= document["set"]["iops"] <= document["set"]["iops_high"] < 2000
    reads = [size["iops"] for size in document["sizes"]]
    assert reads == sorted(reads, reverse=True)
    assert "at 16.0 GiB" in ask(*database).out


def test_size_of_a_session_cache_saturates(ask):
    document = json.loads(ask("size", "--created", "0.12", "--life", "7d", "--key-bytes", "700", "--json").out)
    assert document["keys"] == pytest.approx(0.12 * 7 * 86400)
    filling = [point["memory_bytes"] for point in document["from_empty"]]
    assert filling == sorted(filling)
    assert filling[-1] == pytest.approx(document["keys"] * 700)
    assert ask("size", "--created", "0.12").code == 2
    assert "also needs --buffers, --reads, --missed" in ask("size", "--stored", "40GiB").err


def test_size_needs_no_study(ask, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    load = ("size", "--rate", "20", "--cpu", "45ms", "--database", "20ms", "--scv", "2.5", "--cores", "4", "--within", "800ms")
    answer = ask(*load, "--json")
    assert answer.code == 0
    fewest = json.loads(answer.out)["sizing"]["fewest"]
    assert fewest["carries"] >= 20
    assert "one machine: " in ask(*load).out
    assert answer.err == ""


def test_a_load_that_nothing_carries_is_a_missed_gate(ask):
    answer = ask("size", "--rate", "20", "--cpu", "2s", "--cores", "1", "--within", "100ms", "--json")
    assert answer.code == 1
    document = json.loads(answer.out)
    assert document["sizing"]["fewest"] is None
    assert document["reasons"]


def test_size_shows_pools_of_a_study(ask, small_folder):
    assert "workers-metal" in ask("size", small_folder).out
    assert json.loads(ask("size", small_folder, "--pool", "workers", "--json").out)["sizing"]["pool"] == "workers"


def test_the_demo_says_so(ask, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = ask("prices", "list", "--json")
    assert answer.code == 0
    assert "bundled demo" in answer.err
    assert json.loads(answer.out)["books"]


@pytest.mark.parametrize("arguments", [("collect",), ("snapshot",), ("record", "x"), ("import", "x.csv"), ("prices", "import", "x.csv")])
def test_the_bundled_study_is_never_written_to(ask, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    before = sorted(path for path in bundled_study().rglob("*") if "history" not in path.parts)
    answer = ask(*arguments)
    assert answer.code == 2
    assert "never written to" in answer.err
    assert before == sorted(path for path in bundled_study().rglob("*") if "history" not in path.parts)


def test_the_module_runs_as_a_program(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "--version"], capture_output=True, text=True, check=True, cwd=tmp_path, env=_env()
    )
    assert done.stdout.startswith("capacity-workbench ")


def _env():
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
