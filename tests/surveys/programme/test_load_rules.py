"""How far the rules of a loaded file are in force."""

import pytest
from django.utils import timezone

from feedback.actions.programmes import dump_text, load_text
from surveys.actions.rule_modes import Mode, move_rule
from surveys.enums import RuleMode
from surveys.models import Journey, Rule, RuleMove
from tests.surveys.programme.test_parse import GOOD

pytestmark = pytest.mark.django_db
CALL = "  - {survey: small-call, when: {interaction: {}}}\n"


def modes() -> list[str]:
    return list(Rule.objects.order_by("survey__code", "order").values_list("mode", flat=True))


def test_new_rule_of_a_draft_starts_in_shadow():
    load_text(GOOD)
    assert modes() == ["shadow", "shadow"]
    assert set(RuleMove.objects.values_list("from_mode", "to_mode", "reason", "by")) == {
        ("", "shadow", "new", "programme file")
    }


def test_published_for_the_first_time_is_in_force_and_said_so():
    changes = load_text(GOOD, publish=True).changes
    assert modes() == ["live", "live"]
    assert "rule 1 of small-call is live: it asks customers" in changes
    assert load_text(GOOD, publish=True).changes == ()


def test_rule_added_to_a_survey_in_force_starts_in_shadow():
    load_text(GOOD, publish=True)
    load_text(GOOD.replace(CALL, CALL + "  - {survey: small-call, when: {manual: true}}\n"), publish=True)
    assert modes() == ["live", "shadow", "live"]


def test_file_without_mode_leaves_the_rule_as_it_was_moved():
    load_text(GOOD, publish=True)
    rule = Rule.objects.get(survey__code="small-call")
    move_rule(rule, Mode(RuleMode.RAMP, per_day=5), "slowly", "anna", timezone.now())
    load_text(GOOD.replace("Satisfied?", "Satisfied with us?"), publish=True)
    assert modes() == ["ramp", "live"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("shadow", ("shadow", [], None)),
        ("live", ("live", [], None)),
        ("{ramp: 50}", ("ramp", [], 50)),
        ("{test: [C1, 7]}", ("test", ["C1", "7"], None)),
    ],
)
def test_mode_of_the_file_is_taken_and_dumped(written, expected):
    load_text(GOOD.replace("{interaction: {}}}", f"{{interaction: {{}}}}, mode: {written}}}"), publish=True)
    rule = Rule.objects.get(survey__code="small-call")
    assert (rule.mode, rule.test_customers, rule.per_day) == expected
    dumped = dump_text(Journey.objects.get())
    assert f"mode: {written}" in dumped or "mode: {test: [C1, '7']}" in dumped
    assert load_text(dumped).changes == ()
