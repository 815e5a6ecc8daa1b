"""A programme as canonical YAML: fixed order of keys, defaults left out, one way to say each thing."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from surveys.enums import Measures, Metric, Phase, RuleMode, StageKind, SurveyKind, Trigger
from surveys.programme.asking import POLICY_KEYS
from surveys.programme.asking_when import write_when
from surveys.programme.extras import CHOICE_FLAGS, write_extras
from surveys.programme.logic import write_condition, write_survey_logic
from surveys.programme.mapping_sources import CONDITION_KEYS, SOURCE_KEYS
from surveys.programme.mappings import ANSWER_KEYS, MAPPING_KEYS, WIDE_KEYS
from surveys.programme.messages import write_messages
from surveys.programme.periods import write_period
from surveys.programme.questions import METRICS, SCALES
from surveys.programme.schema import (
    CHANNELS,
    DELAYS,
    LIVES,
    MAX_AGE,
    OPTIONS,
    REMINDER,
    WINDOW,
    JourneyDef,
    OutcomeDef,
    Programme,
    RuleDef,
    StageDef,
    SurveyDef,
    TargetDef,
    TransitionDef,
)
from surveys.programme.sender import SENDER_KEYS

DOCUMENT_TEXTS: Final = ("title", "intro", "thanks")
UNREADABLE: Final = ("?", "-", ":")  # what a plain word in a flow must not begin with
MAIL_TEXTS: Final = ("subject", "about")


def write(programme: Programme) -> str:
    """The text of a file which, read again, is this programme."""
    yaml = YAML(typ="rt")
    yaml.width = 120
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.allow_unicode = True
    stream = io.StringIO()
    yaml.dump(_readable(_block(_plain(programme))), stream)
    return stream.getvalue()


def _readable(node: Any) -> Any:
    """The same with words quoted that the library writes plain in a flow but cannot read there again ("?how").

    So are names of several words: it would end a line in the middle of them.
    """
    if isinstance(node, CommentedMap):
        quoted = node.fa.flow_style()
        items = [(_name(key) if quoted else key, _readable(item)) for key, item in node.items()]
        node.clear()
        node.update(items)
    elif isinstance(node, CommentedSeq):
        node[:] = [_readable(item) for item in node]
    elif isinstance(node, str) and node.startswith(UNREADABLE):
        return DoubleQuotedScalarString(node)
    return node


def _name(key: Any) -> Any:
    word = str(key)
    return DoubleQuotedScalarString(word) if " " in word or word.startswith(UNREADABLE) or len(word) > 60 else key


def _plain(programme: Programme) -> dict[str, Any]:
    journey = programme.journey
    plain: dict[str, Any] = {"journey": _journey(journey)}
    plain["sender"] = _flow(_ordered(programme.sender, SENDER_KEYS))
    plain["stages"] = [_stage(stage) for stage in journey.stages]
    plain["transitions"] = [_flow(_transition(each)) for each in journey.transitions]
    plain["surveys"] = [_survey(survey) for survey in programme.surveys]
    plain["rules"] = [_rule(rule, programme) for rule in programme.rules]
    if programme.contact_policy is not None:
        plain["contact_policy"] = _ordered(programme.contact_policy, POLICY_KEYS)
    plain["outcomes"] = [_outcome(outcome) for outcome in programme.outcomes]
    plain["imports"] = {name: _mapping(document) for name, document in sorted(programme.imports.items())}
    plain["theme"] = _flow({"accent": programme.accent}) if programme.accent else {}
    return {key: value for key, value in plain.items() if value or key == "contact_policy"}


def _journey(journey: JourneyDef) -> dict[str, Any]:
    plain: dict[str, Any] = {"code": journey.code, "name": journey.name}
    end: dict[str, Any] = {}
    if journey.end_event:
        end |= {"event": journey.end_event, "stage": journey.end_stage}
    if journey.inactive_days is not None:
        end["or_inactive_days" if end else "inactive_days"] = journey.inactive_days
    if end:
        plain["end"] = _flow(end)
    plain |= _given(promised_days=journey.promised_days, needed_steps=journey.needed_steps)
    plain |= _said(headline=journey.headline)
    return plain | {key: _by_name(journey.options[key]) for key in OPTIONS if key in journey.options}


def _by_name(option: Any) -> Any:
    """Names with values in one order (backwards, so that service stands before experience): the database keeps none."""
    return dict(sorted(option.items(), reverse=True)) if isinstance(option, dict) else option


def _stage(stage: StageDef) -> Any:
    plain: dict[str, Any] = {"code": stage.code, "name": stage.name}
    plain |= _unless(kind=(stage.kind, StageKind.SERVICE), phase=(stage.phase, Phase.PURCHASE))
    plain |= _said(owner=stage.owner, channel=stage.channel)
    plain |= _unless(
        human=(stage.human, stage.kind == StageKind.SERVICE),
        optional=(stage.optional, False),
        third_party=(stage.third_party, False),
    )
    return _flow(plain | _given(promised_days=stage.promised_days))


def _transition(transition: TransitionDef) -> dict[str, Any]:
    plain: dict[str, Any] = {"from": transition.from_code, "to": transition.to_code}
    plain |= _said(name=transition.name, owner=transition.owner)
    return plain | _given(promised_days=transition.promised_days)


def _survey(survey: SurveyDef) -> dict[str, Any]:
    document = survey.document
    languages: Sequence[str] = document["languages"]
    plain: dict[str, Any] = {"code": survey.code, "kind": survey.kind}
    plain |= _said(stage=survey.stage, name=survey.name, headline=survey.headline)
    if list(languages) != ["en"]:
        plain["languages"] = _flow(list(languages))
    for key in (*DOCUMENT_TEXTS, "help_url", *MAIL_TEXTS):
        value = document.get(key) if key == "help_url" else text(document.get(key) or {}, languages)
        if value:
            plain[key] = value
    plain |= write_messages(document)
    logic = write_survey_logic(document, lambda words: text(words, languages))
    plain |= {key: value if key == "endings" else _flow_lines(value) for key, value in logic.items()}
    plain["questions"] = [_question(question, survey, languages) for question in document["questions"]]
    return plain


def text(words: Mapping[str, str], languages: Sequence[str]) -> str | dict[str, str]:
    """One plain text where every language of the survey has the same, else language by language."""
    said = [words.get(language, "") for language in languages]
    if said[0] and len(set(said)) == 1:
        return said[0]
    return {language: words[language] for language in languages if language in words}


def _question(question: Mapping[str, Any], survey: SurveyDef, languages: Sequence[str]) -> dict[str, Any]:
    kind = question["kind"]
    plain: dict[str, Any] = {"code": question["code"], "kind": kind}
    plain |= _unless(metric=(question["metric"], str(METRICS.get(kind, Metric.OTHER))))
    plain |= _unless(measures=(_measures(question), _default_measures(survey)))
    plain |= {key: text(question[key], languages) for key in ("text", "help") if question[key]}
    if question["scale"] and question["scale"] != SCALES.get(kind):
        plain["scale"] = _flow(list(question["scale"]))
    plain |= {key: text(question[key], languages) for key in ("low", "high") if question[key]}
    plain |= _unless(reversed=(question["reversed"], False), required=(question["required"], False))
    plain |= _unless(multiline=(question["multiline"], True))
    plain |= _said(replaces=question.get("replaces", ""))
    if question["choices"]:
        plain["choices"] = [_flow(_choice(choice, languages)) for choice in question["choices"]]
    if question["show_if"]:
        plain["show_if"] = _flow(write_condition(question["show_if"]))
    more = write_extras(question, lambda words: text(words, languages), _measures)
    return plain | {key: _flow_lines(value) for key, value in more.items()}


def _choice(choice: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    plain = {"code": choice["code"], "text": text(choice["text"], languages)}
    return plain | {flag: True for flag in CHOICE_FLAGS if choice.get(flag)}


def _flow_lines(value: Any) -> Any:
    """A list of mappings with one on each line; anything else on one line."""
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return [_flow(each) for each in value]
    return _flow(value)


def _measures(question: Mapping[str, Any]) -> str:
    if question["measures"] == Measures.TRANSITION:
        return f"{question['stage_code']}->{question['to_stage_code']}"
    return str(question["stage_code"] or question["measures"])


def _default_measures(survey: SurveyDef) -> str:
    if survey.kind == SurveyKind.TOUCHPOINT:
        return survey.stage
    return str(Measures.JOURNEY if survey.kind == SurveyKind.END_TO_END else Measures.RELATIONSHIP)


def _rule(rule: RuleDef, programme: Programme) -> Any:
    trigger = Trigger(rule.trigger)
    plain: dict[str, Any] = {"survey": rule.survey, "when": _when(rule, programme)}
    if rule.delay_after:
        plain["delay"] = {"after": f"attr.{rule.delay_after}", "by": write_period(rule.delay)}
    elif rule.delay != DELAYS[trigger]:
        plain["delay"] = write_period(rule.delay)
    plain |= _unless(window=(rule.window, WINDOW), channels=(list(rule.channels), list(CHANNELS)))
    plain |= _unless(sample=(_sample(rule), 1.0))
    if rule.life != LIVES[trigger]:
        plain["life"] = write_period(rule.life)
    usual = REMINDER if rule.life > REMINDER else None
    if rule.reminder != usual:
        plain["reminder"] = "none" if rule.reminder is None else write_period(rule.reminder)
    if rule.max_age != MAX_AGE:
        plain["max_age"] = write_period(rule.max_age)
    return _flow(plain | _unless(active=(rule.active, True), mode=(_mode(rule), None)))


def _sample(rule: RuleDef) -> Any:
    if not rule.strata:
        return rule.sample
    return {"default": rule.sample, "by": rule.strata["by"], **dict(sorted(rule.strata["shares"].items()))}


def _mode(rule: RuleDef) -> Any:
    if rule.mode == RuleMode.TEST:
        return {"test": list(rule.test)}
    return {"ramp": rule.per_day} if rule.mode == RuleMode.RAMP else rule.mode


def _when(rule: RuleDef, programme: Programme) -> dict[str, Any]:
    own = next(survey.stage for survey in programme.surveys if survey.code == rule.survey)
    return write_when(rule.trigger, rule.conditions, own)


def _outcome(outcome: OutcomeDef) -> dict[str, Any]:
    plain: dict[str, Any] = {"code": outcome.code, "statement": outcome.statement, "measure": outcome.measure}
    plain["level"] = outcome.level
    if outcome.targets:
        plain["targets"] = [_target(target) for target in outcome.targets]
    return plain


def _target(target: TargetDef) -> Any:
    plain = {"value": _number(target.value), "due": target.due.isoformat(), "baseline": _number(target.baseline)}
    plain |= _given(baseline_lo=target.baseline_lo, baseline_hi=target.baseline_hi)
    plain |= {"baseline_from": target.baseline_from.isoformat(), "baseline_to": target.baseline_to.isoformat()}
    return _flow(plain)


def _mapping(document: Mapping[str, Any]) -> dict[str, Any]:
    plain = _ordered(document, MAPPING_KEYS)
    for key in ("segments", "questions", "columns"):
        if key in plain:
            plain[key] = {name: _source(plain[key][name]) for name in sorted(plain[key])}
        if not plain.get(key):
            plain.pop(key, None)
    if "only" in plain:
        plain["only"] = _conditions(plain["only"])
    return {key: _source(value) if key in WIDE_KEYS[:6] else value for key, value in plain.items()}


def _source(value: Any) -> Any:
    if isinstance(value, list):
        return [_source(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = _ordered(value, tuple(dict.fromkeys((*ANSWER_KEYS[:1], *SOURCE_KEYS, *ANSWER_KEYS))))
    if "values" in plain:
        plain["values"] = dict(sorted(plain["values"].items()))
    if "where" in plain:
        plain["where"] = _conditions(plain["where"])
    return _flow(plain)


def _conditions(value: Mapping[str, Any]) -> Any:
    return _flow({name: _ordered(value[name], CONDITION_KEYS) for name in sorted(value)})


def _ordered(plain: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    return {key: plain[key] for key in order if key in plain}


def _said(**texts: str) -> dict[str, str]:
    return {key: words for key, words in texts.items() if words}


def _given(**numbers: float | None) -> dict[str, float]:
    return {key: _number(number) for key, number in numbers.items() if number is not None}


def _unless(**pairs: tuple[Any, Any]) -> dict[str, Any]:
    """What differs from its default, given as (value, default)."""
    return {key: value for key, (value, default) in pairs.items() if value != default}


def _number(number: float) -> float:
    return int(number) if number == int(number) else number


def _flow(value: Any) -> Any:
    """On one line: {a: 1, b: 2}."""
    if isinstance(value, dict):
        flow: Any = CommentedMap({key: _flow(item) for key, item in value.items()})
    elif isinstance(value, list):
        flow = CommentedSeq([_flow(item) for item in value])
    else:
        return _scalar(value)
    flow.fa.set_flow_style()
    return flow


def _block(value: Any) -> Any:
    """A key a line, except for what is already on one line."""
    if isinstance(value, CommentedMap | CommentedSeq):
        return value
    if isinstance(value, dict):
        return CommentedMap({key: _block(item) for key, item in value.items()}) if value else _flow({})
    if isinstance(value, list):
        short = all(not isinstance(item, dict | list | CommentedMap | CommentedSeq) for item in value)
        return _flow(value) if short else CommentedSeq([_block(item) for item in value])
    return _scalar(value)


def _scalar(value: Any) -> Any:
    """Plain str for TextChoices; whole floats without decimals."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float):
        return _number(value)
    return str(value) if isinstance(value, str) else value
