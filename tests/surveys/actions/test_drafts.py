"""Working on a draft: nothing is lost, everything can be undone, two people do not overwrite each other."""

import random

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from surveys.actions import drafts
from surveys.actions.drafts import can_undo, drop_draft, redo, save_draft, start_draft, undo
from surveys.drafting.merge import Conflict
from surveys.models import DraftEdit, SurveyVersion
from tests.factories import SurveyFactory, published_survey

pytestmark = pytest.mark.django_db

DOCUMENT = {"languages": ["en"], "title": {"en": "Your call"}, "questions": []}


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann")


@pytest.fixture
def draft(ann: User) -> SurveyVersion:
    return start_draft(SurveyFactory(), ann, DOCUMENT)


def titled(words: str, **more: str) -> dict:
    return {**DOCUMENT, "title": {"en": words, **more}}


def test_start_draft_copies_the_published_version_once(ann):
    published = published_survey(None)
    draft = start_draft(published.survey, ann)
    assert (draft.number, draft.state, draft.document, draft.revision) == (2, "draft", published.document, 1)
    assert start_draft(published.survey, None).pk == draft.pk
    assert list(draft.edits.values_list("revision", "label", "by__username")) == [(1, "begun", "ann")]


def test_save_draft_appends_a_state(draft, ann):
    saved = save_draft(draft.pk, 1, titled("Our call"), ann, "title changed")
    assert (saved.version.revision, saved.version.document, saved.conflicts) == (2, titled("Our call"), ())
    edit = draft.edits.get(revision=2)
    assert (edit.label, edit.by, edit.document) == ("title changed", ann, titled("Our call"))


def test_save_draft_unchanged_writes_nothing(draft, ann):
    assert save_draft(draft.pk, 1, DOCUMENT, ann).version.revision == 1


def test_save_draft_of_two_people_in_two_places_keeps_both(draft, ann):
    save_draft(draft.pk, 1, titled("Our call"), ann)
    saved = save_draft(draft.pk, 1, titled("Your call", de="Ihr Anruf"), None)
    assert (saved.version.document, saved.conflicts) == (titled("Our call", de="Ihr Anruf"), ())


def test_save_draft_of_two_people_in_one_place_shows_both_and_writes_nothing(draft, ann):
    save_draft(draft.pk, 1, titled("Our call"), ann)
    saved = save_draft(draft.pk, 1, titled("The call"), None)
    assert saved.conflicts == (Conflict(("title", "en"), "Your call", "The call", "Our call"),)
    assert SurveyVersion.objects.get(pk=draft.pk).document == titled("Our call")
    again = save_draft(draft.pk, saved.version.revision, titled("The call"), None)
    assert (again.version.document, again.conflicts) == (titled("The call"), ())


def test_save_draft_on_a_state_not_kept_is_refused(draft, ann):
    with pytest.raises(ValidationError, match="not kept any more"):
        save_draft(draft.pk, 77, titled("Our call"), ann)


def test_published_version_is_no_draft(ann):
    published = published_survey(None)
    for verb in (lambda pk: save_draft(pk, 0, DOCUMENT, ann), lambda pk: undo(pk, ann), drop_draft):
        with pytest.raises(ValidationError, match="has been published"):
            verb(published.pk)


def test_undo_and_redo_walk_like_a_stack_of_states(draft, ann):
    """Against the plain model: a list of states and a place in it."""
    chance = random.Random(7)
    states, place = [DOCUMENT], 0
    for step in range(60):
        verb = chance.choice(["save", "undo", "undo", "redo"])
        version = SurveyVersion.objects.get(pk=draft.pk)
        if verb == "save":
            states = [*states[: place + 1], titled(f"Call {step}")]
            place += 1
            save_draft(draft.pk, version.revision, states[-1], ann)
        else:
            place = max(0, place - 1) if verb == "undo" else min(len(states) - 1, place + 1)
            {"undo": undo, "redo": redo}[verb](draft.pk, ann)
        version.refresh_from_db()
        assert version.document == states[place]
        assert can_undo(version) == (place > 0, place < len(states) - 1)


def test_old_states_beyond_the_limit_go(draft, ann, monkeypatch):
    monkeypatch.setattr(drafts, "KEPT_EDITS", 3)
    for number in range(1, 6):
        save_draft(draft.pk, number, titled(f"Call {number}"), ann)
    assert list(draft.edits.values_list("revision", flat=True)) == [6, 5, 4]
    for _each in range(5):
        undo(draft.pk, ann)
    assert SurveyVersion.objects.get(pk=draft.pk).document in [titled(f"Call {n}") for n in (3, 4)]


def test_drop_draft_leaves_the_published_version(ann):
    published = published_survey(None)
    drop_draft(start_draft(published.survey, ann).pk)
    assert list(published.survey.versions.all()) == [published]
    assert DraftEdit.objects.count() == 0
