"""Tests of the programme command: what it prints and its exit codes."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from surveys.actions.drafts import save_draft, start_draft, undo
from surveys.models import Journey, Survey, SurveyVersion
from tests.surveys.programme.test_parse import GOOD

pytestmark = pytest.mark.django_db


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("programme", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> tuple[int, str, str]:
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("programme", *arguments, stdout=out)
    return error.value.returncode, str(error.value), out.getvalue()


def test_check_good_file_changes_nothing(good: Path):
    assert run("check", str(good)) == f"{good} can be loaded.\n"
    assert Journey.objects.count() == 0


def test_check_file_with_problem_lists_line_and_exits_1(good: Path):
    good.write_text(GOOD.replace("[1 per 14d]", "[often]"), encoding="utf-8")
    code, message, listed = refused("check", str(good))
    assert (code, message) == (1, f"{good}: 1 problem; nothing was changed.")
    assert listed.startswith(f'{good}: line 24, contact_policy.touchpoint[1]: "often" is not a limit')


def test_load_file_with_problem_exits_1_and_writes_nothing(good: Path):
    good.write_text(GOOD.replace("[1 per 14d]", "[often]"), encoding="utf-8")
    assert refused("load", str(good))[0] == 1
    assert Journey.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "There is no such file."), (b"\xff\xfe", "The file is not UTF-8"), (b"a: [", "Not readable as YAML")],
)
def test_check_unusable_file_exits_2_with_a_sentence(tmp_path: Path, content: bytes | None, sentence: str):
    path = tmp_path / "bad.yaml"
    if content is not None:
        path.write_bytes(content)
    code, message, _listed = refused("check", str(path))
    assert code == 2
    assert sentence in message


def test_load_then_dump_then_load_changes_nothing(good: Path, tmp_path: Path):
    assert run("load", str(good), "--publish").splitlines()[-1] == 'Journey "small": loaded.'
    dumped = tmp_path / "dumped.yaml"
    dumped.write_text(run("dump", "small"), encoding="utf-8")
    assert run("load", str(dumped), "--publish") == 'Journey "small": nothing to change.\n'


def test_dump_unknown_journey_exits_2_and_names_the_known(good: Path):
    run("load", str(good))
    assert refused("dump", "smal")[:2] == (2, 'There is no journey "smal" to dump. Journeys: small.')


def test_load_over_a_draft_that_people_edit_is_one_more_edit(good: Path):
    """What the designer holds is not thrown away by a file: it can be undone."""
    run("load", str(good), "--publish")
    survey = Survey.objects.order_by("code").first()
    assert survey is not None
    draft = start_draft(survey, None)
    worked = {**draft.document, "thanks": {"en": "We read every word."}}
    save_draft(draft.pk, draft.revision, worked, None)
    run("load", str(good))
    assert SurveyVersion.objects.get(pk=draft.pk).document != worked
    assert undo(draft.pk, None).document == worked
