"""The robustness list of the method (4.5), who is told of: through the front door to the numbers and the page's words.

Also the misleading worlds made small: each gives its warning instead of a number. 100,000 runs: test_large_journey.py.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client

from feedback.actions.analyse import kept_comparison
from feedback.actions.imports.run_import import ImportRequest, run_import
from feedback.actions.refresh_analyses import refresh_analyses
from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.text_report import text_report
from feedback.models import Answer, Response
from surveys.models import Customer
from tests.factories.door import compared, programme, take_table, trips
from tests.feedback.dashboards.test_robustness import page

pytestmark = pytest.mark.django_db
Value = dict[str, Any]


def told(value: Value, code: str) -> list[str]:
    return [item["text"] for item in value["warnings"] if item["code"] == code]


def test_opt_out_erases_the_answers_and_every_figure_is_computed_again(tmp_path: Path, manager_client: Client) -> None:
    programme("leave")
    tables = trips("leave", 24, service={"apply": 9}, whole=lambda n: 2 if n < 4 else 8, segment="retail")
    assert compared("leave", tmp_path, tables)["experience"]["score"] == 70.0
    assert "70.0" in page(manager_client, "leave")
    gone = Response.objects.filter(customer__external_id__in=[f"leave-{n}" for n in range(4)])
    form = {
        "action": "withdraw",
        "_selected_action": list(gone.filter(survey__code="leave-e2e").values_list("pk", flat=True)),
    }
    asked = manager_client.post("/admin/feedback/response/", form).content.decode()
    assert "8 responses of these customers are erased" in " ".join(asked.split())
    assert Response.objects.count() == 48
    manager_client.post("/admin/feedback/response/", form | {"step": "erase"})
    assert (Response.objects.count(), gone.count(), Answer.objects.count()) == (40, 0, 40)
    left = Customer.objects.filter(external_id__in=[f"leave-{n}" for n in range(4)])
    assert set(left.values_list("consent_email", "consent_sms")) == {(False, False)}
    value = build_comparison(Query("leave"))
    assert [value["experience"][key] for key in ("score", "n")] == [80.0, 20]
    assert (value["service"]["n"], value["gap"]["n_pairs"], value["coverage"]["runs"]) == (20, 20, 24)
    assert not kept_comparison(Query("leave")).fresh
    kept_comparison(Query("leave")).row.__class__.objects.update(computed_at="2026-01-01T00:00:00Z")
    refresh_analyses()
    assert kept_comparison(Query("leave")).value["experience"]["score"] == 80.0


def test_opt_out_needs_the_right_to_delete(tmp_path: Path, client: Client, outsider: Any) -> None:
    client.force_login(outsider)
    response = client.post("/admin/feedback/response/", {"action": "withdraw", "_selected_action": [1]})
    assert (response.status_code, Response.objects.count()) == (302, 0)


def test_segment_of_three_and_its_complement_are_hidden_everywhere(tmp_path: Path, manager_client: Client) -> None:
    programme("parts")
    three = lambda n: "north" if n < 3 else "south"  # noqa: E731
    tables = trips("parts", 40, service={"apply": 9}, whole=lambda n: 1 if n < 3 else 6, segment=three)
    value = compared("parts", tmp_path, tables, by="segment")
    assert [(row["value"], row["experience"], row["gap"], row["nps"]) for row in value["segments"]] == [
        ("north", None, None, None),
        ("south", None, None, None),
    ]
    assert {row["cell"] for row in value["suppressed"]} >= {"segments.segment=north", "segments.segment=south"}
    for name in ("north", "south"):
        assert build_comparison(Query("parts", segments={"segment": name}))["hidden"]
    shown = page(manager_client, "parts/?by=segment".removesuffix("/"))
    assert shown.count("fewer than 5, or needed so that nobody can be worked out") >= 2
    assert "segment = north: fewer than 5" in text_report(value)


def test_nobody_of_the_silent_class_answered_is_unknown(tmp_path: Path, manager_client: Client) -> None:
    programme("quiet")
    heard = trips("quiet", 40, service={"apply": 9}, whole=8, segment="retail")
    silent = trips("quiet", 60, segment="silent", first=40)
    tables = {kind: heard[kind] + silent[kind] for kind in heard}
    tables["asks"] = [
        {
            **{name: run[name] for name in ("customer", "journey", "run")},
            "survey": "quiet-e2e",
            "asked_at": run["ended_at"] + timedelta(minutes=30),
            "channel": "email",
            "outcome": "sent",
        }
        for run in tables["runs"]
    ]
    value = compared("quiet", tmp_path, tables)
    row = next(row for row in value["coverage"]["classes"] if row["name"] == "silent")
    assert (row["state"], row["score"], row["lo"], row["customers"]) == ("unknown", None, None, 60)
    assert (value["coverage"]["unknown"], value["coverage"]["weighted"]) == (["silent"], 80.0)
    assert "silent: nobody of this segment answered (60 customers)." in page(manager_client, "quiet")


def test_simpson_warns_where_the_mix_turns_the_difference_round(tmp_path: Path, manager_client: Client) -> None:
    """North is 5 better with each case, and has mostly hard ones."""
    programme("mix", scale=[0, 100], journey={"case_mix": ["case"]})
    cells = [("north", "easy", 22, 85), ("north", "hard", 78, 65), ("south", "easy", 78, 80), ("south", "hard", 22, 60)]
    rows = [(region, case, mean) for region, case, number, mean in cells for _n in range(number)]
    tables = trips(
        "mix",
        len(rows),
        whole=lambda n: rows[n][2] + (2 if n % 2 else -2),
        attributes=lambda n: {"region": rows[n][0], "case": rows[n][1]},
    )
    value = compared("mix", tmp_path, tables, by="region")
    north = value["segments"][0]
    assert (north["difference"]["value"] < 0 < north["standardised"], len(told(value, "simpson"))) == (True, 2)
    assert "the mix explains the difference, not north" in told(value, "simpson")[0]
    assert value["findings"] == [] or all(item["kind"] != "segment" for item in value["findings"])


def test_broken_scale_gives_its_warning_and_no_explanation(tmp_path: Path, manager_client: Client) -> None:
    programme("half")
    tables = trips("half", 220, service=lambda n: {"apply": n % 6}, whole=lambda n: (n * 7) % 6)
    value = compared("half", tmp_path, tables)
    assert "half-e2e.overall is declared 0-10, but nearly all answers lie in its lower half." in told(
        value, "scale_suspect"
    )
    assert (value["drivers"]["items"], value["drivers"]["r2"]) == ([], None)
    assert "is declared 0-10, but nearly all answers lie in its lower half." in page(manager_client, "half")


def test_separation_shows_the_table_and_no_regression(tmp_path: Path, manager_client: Client) -> None:
    programme("perfect")
    tables = trips("perfect", 160, service={"apply": 9}, whole=lambda n: 9 if n % 2 else 3)
    tables["commercial"] = [
        {
            **{name: run[name] for name in ("customer", "run")},
            "period_start": (run["ended_at"] + timedelta(days=5)).date(),
            "period_end": (run["ended_at"] + timedelta(days=40)).date(),
            "retained": "yes" if n % 2 else "no",
        }
        for n, run in enumerate(tables["runs"])
    ]
    value = compared("perfect", tmp_path, tables)
    commercial = value["commercial"]
    assert (commercial["links"], commercial["stake"], commercial["warnings"]) == ([], None, ["separation"])
    assert [(band["retained"]["k"], band["retained"]["n"]) for band in commercial["bands"]] == [(0, 80), (80, 80)]
    assert told(value, "separation")[0] in page(manager_client, "perfect").replace("&#x27;", "'").replace("&quot;", '"')


def test_no_signal_says_that_nothing_stands(tmp_path: Path, manager_client: Client) -> None:
    programme("noise")
    chance = np.random.default_rng(11)
    scores = np.clip(np.rint(chance.normal(7.5, 1.2, (150, 3))), 0, 10).astype(int)
    tables = trips(
        "noise",
        150,
        service=lambda n: {"apply": int(scores[n, 0]), "documents": int(scores[n, 1])},
        whole=lambda n: int(scores[n, 2]),
    )
    value = compared("noise", tmp_path, tables)
    assert (value["findings"], value["drivers"]["named"], value["gap"]["finding"]) == ([], [], False)
    assert "Nothing on this page stands when all of it is read month after month." in page(manager_client, "noise")


def test_missing_customer_is_refused_in_a_table_of_runs_and_answers(tmp_path: Path) -> None:
    programme("nobody")
    tables = trips("nobody", 8, whole=5)
    for kind in ("runs", "answers"):
        rows = [{**row, "customer": ""} | ({"run": ""} if kind == "answers" else {}) for row in tables[kind]]
        report = take_table(tmp_path, kind, rows)
        assert (report.created, report.refused) == (0, 8)
        assert {row.column for row in report.refusals} == {"customer"}
    value = build_comparison(Query("nobody"))
    assert (value["experience"]["score"], len(told(value, "not_measured"))) == (None, 2)


def test_missing_customer_in_a_wide_table_warns_that_the_intervals_are_too_narrow(
    tmp_path: Path, manager_client: Client
) -> None:
    wide = {"journey": "rows", "time": {"value": "2026-03-02"}, "questions": {"ALL": "rows-e2e.overall"}}
    programme("rows", imports={"table": wide})
    path = tmp_path / "table.csv"
    path.write_text("ALL\n" + "\n".join(str(n % 9) for n in range(30)) + "\n")
    report = run_import(ImportRequest("answers", path, "table"))
    assert (report.created, report.refused) == (30, 0)
    value = build_comparison(Query("rows"))
    [warned] = told(value, "customers_unknown")
    assert warned.startswith("30 journeys came in without a customer, and each counts as a customer of its own: where")
    assert warned in page(manager_client, "rows")
