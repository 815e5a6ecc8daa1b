"""Two people edit one draft: nothing of either is lost."""

from hypothesis import given
from hypothesis import strategies as st

from surveys.drafting.merge import Conflict, merge

A, B, C = ({"code": code, "text": {"en": code.upper()}} for code in "abc")
BASE = {"title": {"en": "Call"}, "questions": [A, B]}


def test_changes_in_different_places_are_put_together():
    mine = {**BASE, "title": {"en": "Call", "de": "Anruf"}}
    theirs = {**BASE, "title": {"en": "Your call"}, "questions": [{**A, "required": True}, B]}
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == ()
    assert merged.document == {
        "title": {"en": "Your call", "de": "Anruf"},
        "questions": [{**A, "required": True}, B],
    }


def test_same_place_changed_twice_shows_both():
    mine, theirs = ({**BASE, "questions": [{**A, "text": {"en": words}}, B]} for words in ("mine", "theirs"))
    merged = merge(BASE, mine, theirs)
    assert merged.conflicts == (Conflict(("questions", "a", "text", "en"), "A", "mine", "theirs"),)
    assert merged.document == theirs


def test_same_change_on_both_sides_is_no_conflict():
    both = {**BASE, "thanks": {"en": "Thank you"}}
    assert merge(BASE, both, dict(both)).conflicts == ()


def test_new_questions_of_both_stay_behind_what_they_followed():
    merged = merge(BASE, {**BASE, "questions": [A, C, B]}, {**BASE, "questions": [A, B, {"code": "d"}]})
    assert [each["code"] for each in merged.document["questions"]] == ["a", "c", "b", "d"]


def test_my_new_order_is_kept_where_they_moved_nothing():
    merged = merge(BASE, {**BASE, "questions": [B, A]}, {**BASE, "questions": [A, {**B, "required": True}]})
    assert merged.document["questions"] == [{**B, "required": True}, A]


def test_question_removed_by_one_stays_gone_unless_the_other_worked_on_it():
    assert merge(BASE, {**BASE, "questions": [A]}, BASE).document["questions"] == [A]
    worked = {**BASE, "questions": [A, {**B, "required": True}]}
    merged = merge(BASE, {**BASE, "questions": [A]}, worked)
    assert merged.document == worked
    assert merged.conflicts == (Conflict(("questions", "b"), B, None, {**B, "required": True}),)


def test_key_removed_by_one_is_gone():
    base = {"thanks": {"en": "x"}, "title": {"en": "y"}}
    assert merge(base, {"title": {"en": "y"}}, {**base, "title": {"en": "z"}}).document == {"title": {"en": "z"}}


documents = st.fixed_dictionaries(
    {"title": st.dictionaries(st.sampled_from(["en", "de"]), st.sampled_from(["x", "y"]), min_size=1)},
    optional={
        "questions": st.lists(
            st.fixed_dictionaries({"code": st.sampled_from("abcd"), "n": st.integers(0, 2)}),
            unique_by=lambda item: item["code"],
        )
    },
)


@given(documents, documents)
def test_one_side_alone_is_taken_whole(base, other):
    assert merge(base, other, base) == merge(base, base, other)
    assert merge(base, other, base).document == other


@given(documents, documents, documents)
def test_merge_keeps_every_item_that_somebody_made_or_worked_on(base, mine, theirs):
    known = {item["code"]: item for item in base.get("questions", [])}
    merged = merge(base, mine, theirs)
    here = {item["code"] for item in merged.document.get("questions") or []}
    for side in (mine, theirs):
        for item in side.get("questions", []):
            if known.get(item["code"]) != item and merged.document.get("questions") is not None:
                assert item["code"] in here
