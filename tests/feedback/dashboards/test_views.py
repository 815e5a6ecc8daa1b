"""The journey pages: who may see them, and that they show the comparison's own figures."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.actions import analyse as analyse_module
from feedback.actions.analyse import request_analysis
from feedback.actions.refresh_analyses import compute_waiting
from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.views import time_left
from feedback.dashboards.words import one
from feedback.models import Analysis, Answer, FreeText
from surveys.models import JourneyVersion, SurveyVersion
from tests.factories import CustomerFactory, published_journey
from tests.factories.listening import answered_run, measured_journey

pytestmark = pytest.mark.django_db


def measured(code: str = "account", runs: int = 12) -> JourneyVersion:
    version = published_journey(code=code)
    surveys = measured_journey(version)
    for n in range(runs):
        customer = CustomerFactory(attributes={"region": "north" if n % 2 else "south"})
        answered_run(version, surveys, {"apply": 9, "documents": 8 + n % 3, "": 4 + n % 2}, customer)
    refresh_runs()
    return version


def test_journey_page_shows_the_value_of_the_comparison(manager_client: Client) -> None:
    measured()
    value = build_comparison(Query("account"))
    page = manager_client.get("/admin/insights/account/").content.decode()
    assert value["sentence"] in page
    for stage in value["stages"][:2]:
        assert f"<b>{one(value['experience']['score'])}</b>" in page
        assert f">{stage['name']}" in page
        assert f"{one(stage['score'])}</div>" in page
    assert page.index("Experience of the whole journey") < page.index("Service at the touchpoints")


def test_journey_page_has_a_table_twin_for_every_stage(manager_client: Client) -> None:
    measured()
    page = manager_client.get("/admin/insights/account/").content.decode()
    table = page[page.index("<table>") :]
    assert [f'<th scope="row">{name}</th>' in table for name in ("Apply", "Documents", "Welcome")] == [True] * 3


def test_journey_page_keeps_the_strict_policy_and_has_nothing_inline(manager_client: Client) -> None:
    measured()
    response = manager_client.get("/admin/insights/account/")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert ' style="' not in response.content.decode()


def test_journey_page_unknown_code_is_404(manager_client: Client) -> None:
    assert manager_client.get("/admin/insights/nowhere/").status_code == 404


def test_journey_page_without_login_leads_to_the_login(client: Client) -> None:
    response = client.get("/admin/insights/")
    assert (response.status_code, response["Location"]) == (302, "/admin/login/?next=/admin/insights/")


def test_journey_page_designer_is_refused(designer: User) -> None:
    client = Client()
    client.force_login(designer)
    assert client.get("/admin/insights/").status_code == 403


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ("start=2026-13-01", "Enter a valid date."),
        ("start=2026-03-02&end=2026-03-01", "The last day lies before the first: change one of them."),
        ("segment=north", "Write it as name=value, for example region=north."),
    ],
)
def test_journey_page_bad_filter_says_how_to_mend(manager_client: Client, filters: str, words: str) -> None:
    measured(runs=5)
    response = manager_client.get(f"/admin/insights/account/?{filters}")
    assert (response.status_code, words in response.content.decode()) == (200, True)


def test_journey_page_breaks_down_by_attribute(manager_client: Client) -> None:
    measured()
    page = manager_client.get("/admin/insights/account/?by=region").content.decode()
    assert [f'<th scope="row">{name}</th>' in page for name in ("north", "south")] == [True, True]


def test_journey_page_without_answers_says_what_will_be_here(manager_client: Client) -> None:
    published_journey(code="empty")
    page = manager_client.get("/admin/insights/empty/").content.decode()
    assert "The experience of the whole journey has not been measured yet." in page


def test_journeys_page_without_journeys_says_how_to_begin(manager_client: Client) -> None:
    assert "manage.py programme load FILE" in manager_client.get("/admin/insights/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_journeys_page_queries_do_not_grow(manager_client: Client, count: int) -> None:
    for n in range(count):
        measured(f"journey-{n}", runs=5)
    manager_client.get("/admin/insights/")
    with CaptureQueriesContext(connection) as queries:
        manager_client.get("/admin/insights/")
    assert len(queries) == 5


@pytest.mark.parametrize("runs", [5, 15])
def test_journey_page_kept_takes_four_queries(manager_client: Client, runs: int) -> None:
    measured(runs=runs)
    manager_client.get("/admin/insights/account/")
    with CaptureQueriesContext(connection) as queries:
        response = manager_client.get("/admin/insights/account/")
    assert "Computed just now." in response.content.decode()
    assert len(queries) == 4


@pytest.mark.parametrize("runs", [5, 15])
def test_journey_page_first_time_queries_do_not_grow(manager_client: Client, runs: int) -> None:
    measured(runs=runs)
    with CaptureQueriesContext(connection) as compared:
        build_comparison(Query("account"))
    with CaptureQueriesContext(connection) as queries:
        manager_client.get("/admin/insights/account/")
    assert len(queries) - len(compared) == 20


def test_journey_page_says_when_data_has_moved(manager_client: Client) -> None:
    version = measured()
    manager_client.get("/admin/insights/account/")
    answered_run(version, {"apply": version_of(version)}, {"apply": 1})
    refresh_runs()
    page = manager_client.get("/admin/insights/account/").content.decode()
    assert "Data has moved since: it is being computed again, look again in a while." in page


def version_of(version: JourneyVersion) -> SurveyVersion:
    return SurveyVersion.objects.get(survey__journey=version.journey, survey__stage_code="apply")


def test_journey_page_large_journey_waits_without_script(
    manager_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured()
    monkeypatch.setattr("feedback.actions.analyse.is_small", lambda journey: False)
    waiting = manager_client.get("/admin/insights/account/")
    assert (waiting.status_code, waiting["Refresh"], waiting["Cache-Control"]) == (202, "3", "no-store")
    assert "This comparison waits for a free worker." in waiting.content.decode()
    assert compute_waiting() == 1
    assert manager_client.get("/admin/insights/account/").status_code == 200


def test_journey_page_shows_no_comment_that_was_erased(manager_client: Client) -> None:
    version = measured()
    for answer in Answer.objects.filter(response__survey__stage_code="apply", run__version=version):
        FreeText.objects.create(answer=answer, text=f"Nobody told me {answer.pk}.")
    words = FreeText.objects.order_by("pk").first()
    assert words.text in manager_client.get("/admin/insights/account/").content.decode()
    words_text = words.text
    FreeText.objects.filter(pk=words.pk).delete()
    assert words_text not in manager_client.get("/admin/insights/account/").content.decode()


def waiting_for(monkeypatch: pytest.MonkeyPatch) -> Analysis:
    """A journey too large to be computed while somebody waits, and its row."""
    measured()
    monkeypatch.setattr(analyse_module, "is_small", lambda _journey: False)
    return request_analysis(Query("account"), wake=False)


def test_waiting_page_says_how_far_and_how_long(manager_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    row = waiting_for(monkeypatch)
    began = timezone.now() - timedelta(minutes=2)
    Analysis.objects.update(state="running", progress=50, began_at=began, lease_until=began + timedelta(minutes=7))
    response = manager_client.get("/admin/insights/account/")
    assert (response.status_code, response["Refresh"]) == (202, "3")
    page = response.content.decode()
    assert "This comparison is being computed: 50 % done. It takes about 2 minutes more." in page
    assert f'action="/admin/insights/{row.journey.code}/computing/"' in page


def test_waiting_page_stop_and_compute_again(manager_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting_for(monkeypatch)
    stopped = manager_client.post("/admin/insights/account/computing/", {"stop": "1"})
    assert (stopped.status_code, stopped["Location"]) == (302, "/admin/insights/account/")
    response = manager_client.get("/admin/insights/account/")
    assert "The computing of this comparison was stopped." in response.content.decode()
    assert "Refresh" not in response
    manager_client.post("/admin/insights/account/computing/", {"again": "1"})
    assert Analysis.objects.get().state == "waiting"


def test_stopped_comparison_still_shows_its_former_value(manager_client: Client) -> None:
    measured()
    manager_client.get("/admin/insights/account/")
    Analysis.objects.update(state="stopped")
    page = manager_client.get("/admin/insights/account/").content.decode()
    assert "Computing it again was stopped: this is the former comparison." in page
    assert "Compute it</button>" in page


def test_computing_is_neither_stopped_by_get_nor_by_an_outsider(
    manager_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting_for(monkeypatch)
    outsider_client = Client()
    outsider_client.force_login(User.objects.create_user("somebody", is_staff=True))
    assert manager_client.get("/admin/insights/account/computing/").status_code == 405
    assert outsider_client.post("/admin/insights/account/computing/", {"stop": "1"}).status_code == 403
    assert manager_client.post("/admin/insights/nowhere/computing/", {"stop": "1"}).status_code == 404
    assert Analysis.objects.get().state == "waiting"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (3.0, "a few seconds"),
        (20.0, "less than a minute"),
        (59.0, "about 1 minute"),
        (200.0, "about 3 minutes"),
    ],
)
def test_time_left_in_words(seconds: float | None, words: str) -> None:
    assert time_left(seconds) == words
