"""NPS, CSAT and CES as rows: what the page shows is what the terminal shows."""

from typing import Any

import pytest
from django.test import Client

from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.text_report import text_report
from feedback.dashboards.usual import usual_rows
from surveys.enums import SurveyKind
from tests.factories import published_journey, published_survey
from tests.factories.asking import SurveyFactory
from tests.factories.history import Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db
KEYS = {"nps": "whole.would|0-10", "csat": "touch.content|1-5", "ces": "touch.easy|1-7"}


def value(answers: list[dict[str, float]]) -> dict[str, Any]:
    version = published_journey(("quote", "pay"), code="shop")
    measured_journey(version)
    whole = SurveyFactory(code="whole", kind=SurveyKind.END_TO_END, journey=version.journey)
    published_survey(whole, [{"code": "would", "kind": "nps", "metric": "nps", "scale": (0, 10)}])
    touch = SurveyFactory(code="touch", kind=SurveyKind.TOUCHPOINT, journey=version.journey, stage_code="quote")
    questions = [
        {"code": "content", "kind": "csat", "metric": "csat", "scale": (1, 5)},
        {"code": "easy", "kind": "ces", "metric": "ces", "scale": (1, 7)},
    ]
    published_survey(touch, questions)
    scored_runs(version, [Row(n, ratings={KEYS[k]: [v] for k, v in given.items()}) for n, given in enumerate(answers)])
    return build_comparison(Query("shop"))


def test_rows_have_score_interval_n_and_what_is_beside() -> None:
    found = usual_rows(value([{"nps": 10.0, "csat": 5.0, "ces": 6.0}] * 50 + [{"nps": 7.0, "csat": 2.0}] * 50))
    assert [(row["name"], row["about"], row["number"], row["n"]) for row in found] == [
        ("NPS", "the whole journey", "50.0", 100),
        ("CSAT", "Quote", "50.0 %", 100),
        ("CES 2.0", "Quote", "6.00", 50),
    ]
    assert found[0]["beside"] == "promoters 50.0 %, passives 50.0 %, detractors 0.0 %"
    assert found[1]["interval"] == "[40.4 %, 59.6 %]"
    assert found[2]["beside"] == "of 7; 100.0 % found it easy, 5 to 7 (92.9 %–100.0 %)"


def test_row_of_fewer_than_five_has_no_number() -> None:
    found = usual_rows(value([{"csat": 5.0}] * 4))
    assert [(row["name"], row["number"], row["n"]) for row in found] == [("CSAT", None, None)]


def test_wide_nps_is_too_uncertain_to_rank() -> None:
    (row,) = usual_rows(value([{"nps": 10.0}] * 5 + [{"nps": 0.0}] * 5))
    assert row["beside"].split("; ") == [
        "promoters 50.0 %, passives 0.0 %, detractors 50.0 %",
        "too uncertain to rank",
    ]


def test_page_and_terminal_show_every_row(manager_client: Client) -> None:
    found = value([{"nps": 9.0, "csat": 4.0, "ces": 7.0}] * 40)
    lines = text_report(found).splitlines()
    page = manager_client.get("/admin/insights/shop/").content.decode()
    for row in usual_rows(found):
        (line,) = [line for line in lines if line.startswith(f"{row['name']:<8} {row['about']}")]
        assert line.endswith(f"{row['number']} {row['interval']}  n {row['n']}; {row['beside']}")
        assert f"{row['number']} <small>{row['interval']}</small>" in page
