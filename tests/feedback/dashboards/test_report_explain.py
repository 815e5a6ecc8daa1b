"""The explanation on the page and as text: both from the same value, with a table beside every picture."""

import pytest
from django.test import Client
from django.utils.html import escape

from feedback.actions.score_texts import score_texts
from feedback.actions.store_answers import ResponseIn, store_responses
from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.report_explain import lines_explain
from surveys.models import JourneyRun, JourneyVersion
from surveys.question_kinds import RawValue
from tests.factories import SurveyFactory, published_survey
from tests.factories.asking import START
from tests.factories.worlds import run_rows
from tests.feedback.dashboards.test_explain import journey, planted

pytestmark = pytest.mark.django_db


def write(version: JourneyVersion, texts: list[str]) -> None:
    """One comment for each of the first runs, read for themes."""
    survey = published_survey(SurveyFactory.create(journey=version.journey), [{"code": "why", "kind": "text"}])
    runs = JourneyRun.objects.order_by("pk")[: len(texts)]
    store_responses(
        [
            ResponseIn(f"c{run.pk}", survey, {"why": RawValue(text=text)}, START, run=run, language="en")
            for run, text in zip(runs, texts, strict=True)
        ]
    )
    JourneyRun.objects.update(stale=False)
    score_texts()


def test_lines_name_share_slope_interval_and_owner_of_the_driver() -> None:
    run_rows(journey(), planted())
    value = build_comparison(Query("j"))
    lines = lines_explain(value)
    item = next(item for item in value["drivers"]["items"] if item["finding"])
    line = next(line for line in lines if line.startswith("Wait: Apply → Documents"))
    assert line.split()[4:7] == [f"{item['share']:.3f}", f"{item['slope']:.2f}", f"[{item['lo']:.2f},"]
    assert line.endswith("nobody, points per day *")
    assert f"n 200, R2 {value['drivers']['r2']:.3f}, shares by lmg" in lines


def test_page_shows_every_predictor_in_the_table_beside_the_bars(manager_client: Client) -> None:
    run_rows(journey(), planted())
    value = build_comparison(Query("j"))
    page = manager_client.get("/admin/insights/j/").content.decode()
    section = page[page.index('id="explain"') :]
    assert [f'<th scope="row">{item["label"]}' in section for item in value["drivers"]["items"]] == [True] * 4
    assert [bar["label"] in section for bar in value["drivers"]["blocks"]] == [True] * 3
    assert section.count("share-bar") == 3


def test_page_with_few_runs_says_how_many_are_needed(manager_client: Client) -> None:
    run_rows(journey(), planted(20))
    page = manager_client.get("/admin/insights/j/").content.decode()
    assert "Not enough answers to say what goes with the experience (n = 20, need 50)." in page


def test_page_lists_themes_with_their_difference_and_hides_the_rare(manager_client: Client) -> None:
    run_rows(version := journey(), planted(60))
    write(version, ["Far too slow, I waited ages"] * 12 + ["Rude staff"] * 3 + ["All went as it should go"] * 20)
    page = manager_client.get("/admin/insights/j/").content.decode()
    section = page[page.index('id="themes"') :]
    assert ('<th scope="row">speed' in section, '<th scope="row">staff manner' in section) == (True, False)
    assert "12" in section


def test_page_without_comments_has_no_themes(manager_client: Client) -> None:
    run_rows(journey(), planted(60))
    assert 'id="themes"' not in manager_client.get("/admin/insights/j/").content.decode()


def test_page_tells_a_named_driver_once(manager_client: Client) -> None:
    run_rows(journey(), planted())
    value = build_comparison(Query("j"))
    (finding,) = [item for item in value["findings"] if item["kind"] == "driver"]
    page = manager_client.get("/admin/insights/j/").content.decode()
    assert page.count(escape(finding["text"])) == 1
    assert "Told above: Wait: Apply → Documents." in page
