"""The rules of a programme into rows, and how far each is in force from then on."""

from dataclasses import replace
from typing import Final

from django.utils import timezone

from surveys.actions.rule_modes import Mode, move_rule, note_new_rule
from surveys.enums import RuleMode
from surveys.models import Journey, Rule, Survey
from surveys.programme.rows import rules_of
from surveys.programme.schema import Document, Programme, RuleDef

BY: Final = "programme file"


def load_rules(journey: Journey, programme: Programme, at_once: set[str]) -> list[str]:
    """Rows updated in place by survey and order, so that decisions keep their rule; those left over go.

    A rule keeps the mode that it has where the file does not name one. A new one then starts in shadow mode, unless it
    asks one of the surveys `at_once`, which this very load has published for the first time: they are put in force.
    """
    codes = [survey.code for survey in programme.surveys]
    if _same(rules_of(journey, codes), programme.rules) and not _put_in_force(programme, at_once):
        return []
    surveys = {survey.code: survey for survey in Survey.objects.filter(code__in=codes)}
    kept, changes = [], ["rules"]
    for code in codes:
        for order, rule in enumerate((each for each in programme.rules if each.survey == code), start=1):
            row = _write(surveys[code], order, rule, live=code in at_once)
            kept.append(row.pk)
            changes += [f"rule {order} of {code} is live: it asks customers"] if _goes_live(row, code, at_once) else []
    Rule.objects.filter(survey__in=surveys.values()).exclude(pk__in=kept).delete()
    return changes


def _same(rows: tuple[RuleDef, ...], told: tuple[RuleDef, ...]) -> bool:
    """Whether the rows say what the file says; of a mode that it does not name, nothing."""
    if len(rows) != len(told):
        return False
    silent = [replace(row, mode=None, test=(), per_day=None) for row in rows]
    pairs = zip(rows, silent, told, strict=True)
    return all((quiet if rule.mode is None else row) == rule for row, quiet, rule in pairs)


def _put_in_force(programme: Programme, at_once: set[str]) -> bool:
    return any(rule.survey in at_once for rule in programme.rules)


def _goes_live(row: Rule, code: str, at_once: set[str]) -> bool:
    return code in at_once and row.mode == RuleMode.LIVE


def _write(survey: Survey, order: int, rule: RuleDef, *, live: bool) -> Rule:
    """The row of one rule, in the mode that the file names, else as it is, else as a new one starts."""
    told = Mode(RuleMode(rule.mode), rule.test, rule.per_day) if rule.mode else None
    row, created = Rule.objects.update_or_create(survey=survey, order=order, defaults=_fields(rule))
    now = timezone.now()
    if created:
        note_new_rule(row, BY, now)
    wanted = told or (Mode(RuleMode.LIVE) if live else None)
    if wanted:
        move_rule(row, wanted, "as the file says" if told else "published for the first time", BY, now)
    return row


def _fields(rule: RuleDef) -> Document:
    return {
        "trigger": rule.trigger,
        "conditions": rule.conditions,
        "delay": rule.delay,
        "delay_after": rule.delay_after,
        "window": rule.window,
        "channels": list(rule.channels),
        "sample": rule.sample,
        "strata": rule.strata,
        "life": rule.life,
        "reminder": rule.reminder,
        "max_age": rule.max_age,
        "active": rule.active,
    }
