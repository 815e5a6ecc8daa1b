"""A world with everything in it that a comparison reads, and with all that leaves an order open: ties at one moment."""

from datetime import date

from django.db import connection

from benchmarks.size_fill import fill
from feedback.models import Improvement, Outcome, PayMetric, Target
from surveys.enums import SurveyKind
from surveys.models import Journey
from tests.factories import published_journey, published_survey
from tests.factories.asking import SurveyFactory
from tests.factories.listening import answered_run, measured_journey

MORE_QUESTIONS = (
    {"code": "mood", "kind": "feelings", "metric": "feelings", "text": "How do you feel?"},
    {"code": "any", "kind": "yes_no", "metric": "problem", "text": "Did you meet a problem?"},
    {"code": "which", "kind": "multi", "metric": "problem", "text": "Which?",
     "choices": [{"code": code, "text": code} for code in ("late", "lost", "rude")]},
    {"code": "again", "kind": "scale", "metric": "repeated_myself", "scale": (1, 5), "text": "Did you say it twice?"},
)  # fmt: skip


def everything(runs: int) -> None:
    """One large journey, written in order of its runs, and a second one that it is compared with."""
    fill(runs)
    large = Journey.objects.get(code="large")
    survey = SurveyFactory.create(code="large-more", kind=SurveyKind.END_TO_END, journey=large)
    published_survey(survey, MORE_QUESTIONS, headline="any")
    _goals(large, _second())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        for statement in STATEMENTS:
            cursor.execute(statement)
        cursor.execute("UPDATE surveys_journeyrun SET stale = true")
        for table in ("feedback_response", "feedback_answer", "feedback_freetext"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        cursor.execute("SET session_replication_role = DEFAULT")


def _second() -> Journey:
    version = published_journey(("apply", "decide"), code="second")
    surveys = measured_journey(version)
    for n in range(40):
        answered_run(version, surveys, {"apply": 6 + n % 5, "decide": 4 + n % 7, "": 3 + n * 3 % 8})
    return version.journey


def _goals(large: Journey, second: Journey) -> None:
    for measure in ("experience", "elapsed_days", "s3->s4"):
        outcome = Outcome.objects.create(
            journey=large, code=measure.replace("->", "-"), statement="Better.", measure=measure, level="experience"
        )
        for value in (70.0, 72.5):
            Target.objects.create(
                outcome=outcome, baseline=60, baseline_from=date(2025, 1, 1), baseline_to=date(2025, 6, 1),
                value=value, due=date(2026, 6, 1),
            )  # fmt: skip
        for name, scope in (("One", {}), ("Other", {"segments": {"region": ["north"]}, "chosen": "worst"})):
            Improvement.objects.create(
                outcome=outcome, name=f"{name} {measure}", kind="technology", changed_on=date(2025, 7, 1), scope=scope,
                comparison=second if name == "One" else None,
            )  # fmt: skip
    PayMetric.objects.create(metric="aht")
    PayMetric.objects.create(metric="own_score")


_RESPONSE = """INSERT INTO feedback_response (public_id, occasion_key, survey_id, version_id, customer_id, run_id,
    interaction_id, source, channel, language, content_hash, late, complete, hidden, "order", weight, answered_at,
    created_at)"""
_ANSWER = """INSERT INTO feedback_answer (response_id, question_id, run_id, measures, stage_id, to_stage_id, value,
    choices, score, answered_at)"""
# By the names of things, not by their ids: what is here is the same world whatever the sequences begin with.
STATEMENTS = (
    # Everybody's weights are uneven thirds, so that sums of them depend on their order.
    """UPDATE feedback_response SET weight = (1 + run_id % 7) / 3.0
        WHERE run_id IN (SELECT id FROM surveys_journeyrun WHERE external_id ~ '^r[0-9]+$')""",
    # Two answers about a stage and about the whole at one moment, with other values.
    f"""{_RESPONSE} SELECT gen_random_uuid(), 'again:' || id, survey_id, version_id, customer_id, run_id, NULL, 'api',
        '', 'en', '', false, true, '{{}}', '{{}}', weight / 2, answered_at, created_at
        FROM feedback_response WHERE occasion_key LIKE 'invitation:%' AND run_id % 5 = 0""",
    f"""{_ANSWER} SELECT p.id, a.question_id, a.run_id, a.measures, a.stage_id, a.to_stage_id, 10 - a.value, '{{}}',
        100 - a.score, a.answered_at
        FROM feedback_response p JOIN feedback_answer a ON 'again:' || a.response_id = p.occasion_key
        WHERE a.value BETWEEN 0 AND 10 AND a.score IS NOT NULL""",
    # The survey with feelings and lists.
    f"""{_RESPONSE} SELECT gen_random_uuid(), 'more:' || r.id, s.id, v.id, r.customer_id, r.id, NULL, 'api', '', 'en',
        '', r.id % 11 = 0, true, '{{}}', '{{}}', 1 + r.id % 3, r.last_event_at + interval '1 hour', now()
        FROM surveys_journeyrun r, surveys_survey s JOIN surveys_surveyversion v ON v.survey_id = s.id
        WHERE s.code = 'large-more' AND r.journey_id = s.journey_id AND r.id % 3 > 0""",
    f"""{_ANSWER} SELECT p.id, q.id, p.run_id, 'journey', NULL, NULL,
        CASE q.code WHEN 'any' THEN (p.run_id % 2)::float8 WHEN 'again' THEN 1 + p.run_id % 5 END,
        CASE q.code WHEN 'mood' THEN (array['{{delighted}}', '{{angry,confused}}', '{{neutral}}'])[1 + p.run_id % 3]
            WHEN 'which' THEN (array['{{late,lost}}', '{{rude}}', '{{late}}', '{{}}'])[1 + p.run_id % 4]
            ELSE '{{}}' END::varchar[],
        CASE q.code WHEN 'mood' THEN (array[100, 0, 50])[1 + p.run_id % 3] END, p.answered_at
        FROM feedback_response p JOIN surveys_question q ON q.version_id = p.version_id
        WHERE p.occasion_key LIKE 'more:%'""",
    # Contacts that differ at one moment in who handled them and how long, some without a run or begun by the company.
    """INSERT INTO surveys_interaction (reference, public_id, customer_id, journey_id, run_id, stage_id, started_at,
        ended_at, answered_at, handle_seconds, channel, agent, team, reason, initiator, resolved, abandoned, attributes,
        imported, created_at)
        SELECT reference || '-' || k, gen_random_uuid(), customer_id, journey_id, CASE k WHEN 1 THEN run_id END,
            CASE k WHEN 1 THEN stage_id END, started_at, ended_at, started_at + k * interval '70 seconds',
            handle_seconds * (1 + k / 3.0), (array['phone', 'chat'])[k], 'agent' || customer_id % 9,
            'team' || customer_id % 3, reason, (array['company', 'customer'])[k], customer_id % 2 = 0, false, '{}',
            false, now()
        FROM surveys_interaction, generate_series(1, 2) AS k
        WHERE run_id % 4 = 0 AND reason IN ('matter 2', 'matter 5')""",
    # Solved or not, told about contacts, twice at one moment.
    f"""{_RESPONSE} SELECT gen_random_uuid(), 'contact:' || i.reference || k, s.id, v.id, i.customer_id, i.run_id, i.id,
        'api', '', 'en', '', false, true, '{{}}', '{{}}', NULL, i.started_at + interval '1 day', now()
        FROM surveys_interaction i JOIN surveys_stage g ON g.id = i.stage_id
            JOIN surveys_survey s ON s.stage_code = g.code AND s.journey_id = i.journey_id
            JOIN surveys_surveyversion v ON v.survey_id = s.id, generate_series(1, 2) AS k
        WHERE i.run_id % 6 = 0 AND i.reason = 'matter 2'""",
    f"""{_ANSWER} SELECT p.id, q.id, p.run_id, 'stage', i.stage_id, NULL, k, '{{}}', 100 * k, p.answered_at
        FROM feedback_response p JOIN surveys_question q ON q.version_id = p.version_id AND q.metric = 'fcr'
            JOIN surveys_interaction i ON i.id = p.interaction_id,
            LATERAL (SELECT (p.occasion_key LIKE '%1')::int AS k) AS o
        WHERE p.occasion_key LIKE 'contact:%'""",
    # Ways that leave stages out, impossible times, asks by two channels, reminders, imported asks.
    """DELETE FROM surveys_stagevisit WHERE run_id % 7 = "order" AND run_id % 2 = 0""",
    """UPDATE surveys_stagevisit SET bad_time = true WHERE run_id % 13 = "order" """,
    "UPDATE surveys_askdecision SET channel = 'sms' WHERE run_id % 3 = stage_id % 3",
    "UPDATE surveys_askdecision SET imported = true, invitation_id = NULL WHERE run_id % 17 = 0",
    """UPDATE surveys_delivery SET purpose = 'reminder'
        WHERE invitation_id IN (SELECT id FROM surveys_invitation WHERE run_id % 4 = 1)""",
    # A second reading of texts at the same moment, and what customers did with no run named.
    """INSERT INTO feedback_textscore (text_id, engine, version, language, polarity, label, evidence, scored_at)
        SELECT text_id, 'other', '1', 'en', -polarity, 'mixed', '[]', scored_at
        FROM feedback_textscore WHERE text_id % 2 = 0""",
    "UPDATE feedback_commercialrecord SET run_id = NULL WHERE run_id % 3 = 0",
    """INSERT INTO feedback_commercialrecord (customer_id, run_id, period_start, period_end, retained, spend, margin,
        referrals)
        SELECT customer_id, run_id, period_start, period_end + 100, NOT retained, spend / 3, margin / 3, 1
        FROM feedback_commercialrecord WHERE customer_id % 4 = 0""",
    """INSERT INTO feedback_followup (rule, run_id, state, opened_at, due_at, contacted_at, closed_at, root_cause,
        outcome)
        SELECT 'detractor', id, CASE WHEN id % 3 = 0 THEN 'open' WHEN id % 2 = 0 THEN 'solved' ELSE 'not_solvable' END,
            last_event_at, last_event_at + interval '2 days',
            CASE WHEN id % 3 = 1 THEN last_event_at + interval '5 hours' END,
            CASE WHEN id % 3 > 0 THEN last_event_at + interval '9 hours' END,
            CASE WHEN id % 3 > 0 THEN 'paperwork' ELSE '' END, 'called'
        FROM surveys_journeyrun WHERE external_id ~ '^r[0-9]+$' AND id % 5 < 2""",
)
