"""One large journey with everything that a comparison reads, written by COPY and INSERT … SELECT in the database.

A world of `feedback.worlds` (lognormal waits, customers with several runs, segments that answer unlike) is carried as
one wide row a run; the database spreads it over its tables. Triggers and foreign keys are off meanwhile.
"""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
from django.apps import apps
from django.db import connection
from django.db.models import NOT_PROVIDED

from feedback.actions.programmes import load_text
from feedback.insights.arrays import Floats
from feedback.worlds.files import programme_text
from feedback.worlds.journeys import Journeys, journeys
from feedback.worlds.plans import A, Plan
from feedback.worlds.programmes import Document, journey_programme
from surveys.models import Journey, JourneyVersion, Question, Survey

CODE, ASKED_STAGES, FIRST_DAY = "large", 3, 1_735_689_600  # 2025-01-01
PLAN = Plan(
    CODE, "A large journey", A.runs, (88.0, 90.0, 86.0, 91.0, 84.0, 89.0, 90.0, 87.0), 80.0, slow_after=2,
    slow_median=6.0, per_day=-2.0, per_step=-3.0, per_switch=-3.0, per_repeat=-5.0, news=True, contact=0.7,
    lift=(26, 4.0), complexity=-4.0,
)  # fmt: skip
CONTACT_MINUTES, EVERY_MINUTES, BLOCK = 10, 15, 50_000
STAGE_QUESTIONS = (
    {"code": "content", "kind": "csat", "metric": "csat", "scale": [1, 5], "text": "Were you content with it?"},
    {"code": "effort", "kind": "ces", "metric": "ces", "scale": [1, 7], "text": "It was easy to get it done."},
    {"code": "solved", "kind": "yes_no", "metric": "fcr", "text": "Was it solved?"},
)
WHOLE_QUESTIONS = (
    {"code": "recommend", "kind": "nps", "metric": "nps", "scale": [0, 10], "text": "Would you recommend us?"},
    {"code": "pleased", "kind": "csat", "metric": "csat", "scale": [1, 5], "text": "Were you pleased with it all?"},
    {"code": "knew", "kind": "scale", "metric": "knew_when", "scale": [1, 5], "text": "Did you know when?",
     "measures": "s3->s4"},
)  # fmt: skip


def fill(runs: int, seed: int = 1) -> dict[str, int]:
    """Write a journey of this many runs; rows by table. The run rows are not there yet: every run is stale."""
    load_text(programme_text(programme()), publish=True)
    world, random = _world(runs, seed), np.random.default_rng([seed, 7])
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_STAGING)
        for block in _blocks(world, random):
            with cursor.copy("COPY bench_run FROM STDIN") as copy:
                copy.write(block)
        cursor.execute("ANALYZE bench_run")
        indexes, defaults = _drop_indexes(cursor), _set_defaults(cursor)
        counts = {name: _insert(cursor, sql) for name, sql in _INSERTS.items()}
        for definition in (*indexes, *defaults):
            cursor.execute(definition)
        cursor.execute("DROP TABLE bench_run")
        for table in ("surveys_customer", "surveys_journeyrun", "surveys_invitation", "feedback_response",
                      "feedback_answer", "feedback_freetext"):  # fmt: skip
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")
    return counts


def programme() -> Document:
    """The world's programme with more to ask: about ten answers a run."""
    document = journey_programme(PLAN)
    for survey in document["surveys"]:
        more = WHOLE_QUESTIONS if survey["kind"] == "end_to_end" else STAGE_QUESTIONS
        survey["questions"] += [{**question, "required": False} for question in more]
    return document


def _world(runs: int, seed: int) -> Journeys:
    return journeys(PLAN, np.random.default_rng([seed, 1]), runs / PLAN.runs)


def _blocks(world: Journeys, random: np.random.Generator) -> Iterator[str]:
    """The world as text for COPY, a block of runs at a time."""
    count, stages = world.stages.shape
    segments = np.array(world.segments())
    for start in range(0, count, BLOCK):
        own = slice(start, min(start + BLOCK, count))
        n = own.stop - own.start
        extra = np.ones((n, stages), dtype=np.int64)
        rows = np.arange(n).repeat(world.steps[own] - stages + world.repeats[own])
        np.add.at(extra, (rows, random.integers(0, stages, len(rows))), 1)
        entered = np.zeros((n, stages))
        entered[:, 1:] = np.cumsum(world.waits[own] * 86_400 + extra[:, :-1] * EVERY_MINUTES * 60, axis=1)
        entered += FIRST_DAY + world.started[own][:, None] * 86_400
        order = random.random((n, stages)).argsort(axis=1) < ASKED_STAGES
        touch = np.where(order, world.stages[own] / 10, -2)  # -2: not asked, -1: not answered
        touch[order & ~world.answered_touchpoint[own][:, None]] = -1
        whole = np.where(world.answered_end[own], world.experience[own] / 10, -1)
        yield _text(world, own, segments, entered, extra, touch, whole, random)


def _text(
    world: Journeys, own: slice, segments: Any, entered: Floats, contacts: Any, touch: Floats, whole: Floats,
    random: np.random.Generator,
) -> str:  # fmt: skip
    n, stages = entered.shape
    handled = 300 * random.lognormal(0, 0.5, (n, stages))
    last = entered[:, -1] + (contacts[:, -1] - 1) * EVERY_MINUTES * 60 + CONTACT_MINUTES * 60
    flags = [getattr(world, name)[own] for name in ("complex_case", "contacted", "no_news", "friendly", "retained")]
    ended = random.choice(3, n, p=(0.9, 0.07, 0.03))  # completed, abandoned, open
    numbers = [np.arange(own.start, own.stop) + 1, world.customer[own] + 1, ended, world.switches[own]]
    columns: list[Any] = [np.asarray(column, dtype=np.int64).tolist() for column in (*numbers, *flags, whole)]
    columns += [segments[own].tolist(), np.round(last).tolist(), np.round(world.spend[own], 2).tolist()]
    columns += [_array(np.round(entered)), _array(contacts), _array(np.round(handled)), _array(touch.astype(np.int64))]
    out = io.StringIO()
    out.writelines("\t".join(map(str, row)) + "\n" for row in zip(*columns, strict=True))
    return out.getvalue()


def _array(table: Any) -> list[str]:
    return ["{" + ",".join(map(str, row)) + "}" for row in table.tolist()]


def _insert(cursor: Any, sql: str) -> int:
    version = JourneyVersion.objects.get(journey__code=CODE)
    names = {
        "journey": Journey.objects.get(code=CODE).pk,
        "version": version.pk,
        "stages": list(version.stages.order_by("order").values_list("pk", flat=True)),
        "surveys": _surveys(),
        "versions": [Survey.objects.get(pk=pk).versions.get().pk for pk in _surveys()],
        "stage_questions": [pk for code in ("overall", "content", "effort", "solved") for pk in _questions(code)[:-1]],
        "whole_questions": [_questions(code)[-1] for code in ("overall", "recommend", "pleased", "knew", "why")],
    }
    cursor.execute(sql.replace("%", "%%").replace("%%(", "%("), names)
    return int(cursor.rowcount)


def _tables() -> list[str]:
    return [sql.split("INSERT INTO ")[1].split(" ")[0] for sql in _INSERTS.values()]


def _set_defaults(cursor: Any) -> list[str]:
    """Have the database know the defaults of the models, for columns that are not named here; what undoes it."""
    undone = []
    for model in (model for model in apps.get_models() if model._meta.db_table in _tables()):
        for field in model._meta.concrete_fields:
            known = field.null or field.primary_key or field.db_default is not NOT_PROVIDED
            if not known and (default := field.get_default()) is not None:
                column = f'ALTER TABLE {model._meta.db_table} ALTER COLUMN "{field.column}"'
                cursor.execute(f"{column} SET DEFAULT %s", [field.get_db_prep_save(default, connection)])
                undone.append(f"{column} DROP DEFAULT")
    return undone


def _drop_indexes(cursor: Any) -> list[str]:
    """Drop the indexes that are no constraints of the large tables, which are quicker made at once; what makes them."""
    tables = _tables()
    cursor.execute("SET maintenance_work_mem = '512MB'")
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN"
        " (SELECT conname FROM pg_constraint)",
        [tables],
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [definition for _name, definition in found]


def _surveys() -> list[int]:
    """Ids of the touchpoint surveys in order of stage, then of the end-to-end survey."""
    codes = [f"{CODE}-s{stage + 1}" for stage in range(len(PLAN.stages))] + [f"{CODE}-e2e"]
    ids = dict(Survey.objects.values_list("code", "pk"))
    return [ids[code] for code in codes]


def _questions(code: str) -> list[int]:
    """Ids of the question of this code in every survey, 0 where there is none."""
    ids = dict(Question.objects.filter(code=code).values_list("version__survey_id", "pk"))
    return [ids.get(survey, 0) for survey in _surveys()]


_STAGING = """
CREATE UNLOGGED TABLE bench_run (n bigint, customer bigint, ended int, switches int, complex int, contacted int,
    no_news int, friendly int, retained int, whole int, segment text, last float8, spend float8,
    entered float8[], contacts int[], handled float8[], touch int[])
"""
_ASKS = """(
    SELECT b.*, k, b.n * 16 + k AS ask, b.touch[k] AS rating, to_timestamp(b.last) + interval '12 hours' AS due
    FROM bench_run b, generate_series(1, 8) AS k WHERE b.touch[k] > -2
    UNION ALL SELECT b.*, 9, b.n * 16 + 9, b.whole, to_timestamp(b.last) + interval '12 hours' FROM bench_run b
) AS a"""
_STAGE_VALUES = """(VALUES (0, rating::float8, rating * 10.0), (1, greatest(1, ceil(rating / 2.0)), NULL),
    (2, 1 + round(rating * 0.6), NULL), (3, (rating > 6)::int, NULL)) AS v(q, raw, score)"""
_WHOLE_VALUES = """(VALUES (0, rating::float8, rating * 10.0), (1, least(10, rating + n % 2), NULL),
    (2, greatest(1, ceil(rating / 2.0)), NULL), (3, 1 + (n + rating) % 5, NULL), (4, NULL, NULL))
    AS v(q, raw, score)"""
# In order of what needs what; every id is told by the run's number.
_INSERTS = {
    "customers": """
        INSERT INTO surveys_customer (id, external_id, public_id, email, phone, language, time_zone, segment,
            attributes, consent_email, consent_sms, created_at)
        SELECT customer, 'c' || customer, gen_random_uuid(), '', '', 'en', '', min(segment),
            jsonb_build_object('region', (array['north', 'south', 'east'])[1 + customer % 3],
                               'tenure', customer % 240), true, false, now()
        FROM bench_run GROUP BY customer""",
    "runs": """
        INSERT INTO surveys_journeyrun (id, public_id, journey_id, version_id, customer_id, external_id, started_at,
            ended_at, last_event_at, outcome, attributes, imported, stale, created_at)
        SELECT n, gen_random_uuid(), %(journey)s, %(version)s, customer, 'r' || n, to_timestamp(entered[1]),
            CASE WHEN ended < 2 THEN to_timestamp(last) END, to_timestamp(last),
            (array['completed', 'abandoned', 'open'])[1 + ended],
            jsonb_build_object('complexity', CASE complex WHEN 1 THEN 'complex' ELSE 'simple' END), false, true, now()
        FROM bench_run""",
    "visits": """
        INSERT INTO surveys_stagevisit (run_id, stage_id, "order", visit, entered_at, left_at, bad_time)
        SELECT n, (%(stages)s)[k], k, 1, to_timestamp(entered[k]),
            to_timestamp(entered[k] + (contacts[k] - 1) * 900 + 600), false
        FROM bench_run, generate_series(1, 8) AS k""",
    "interactions": """
        INSERT INTO surveys_interaction (reference, public_id, customer_id, journey_id, run_id, stage_id, started_at,
            ended_at, handle_seconds, channel, agent, team, reason, initiator, resolved, abandoned, attributes,
            imported, created_at)
        SELECT 'r' || n || '-' || k || '-' || c, gen_random_uuid(), customer, %(journey)s, n, (%(stages)s)[k], start,
            start + interval '10 minutes', CASE contacted WHEN 1 THEN handled[k] END,
            (CASE contacted WHEN 1 THEN array['phone', 'chat'] ELSE array['web', 'app'] END)
                [1 + (k * switches / 5) % 2],
            CASE contacted WHEN 1 THEN 'agent' || (n * 7 + k * 13) % 200 ELSE '' END,
            CASE contacted WHEN 1 THEN 'team' || (n * 7 + k * 13) % 200 % 10 ELSE '' END,
            'matter ' || k, 'customer', CASE contacted WHEN 1 THEN (n + k) % 11 > 0 END, false, '{}', false, now()
        FROM bench_run, generate_series(1, 8) AS k, generate_series(1, contacts[k]) AS c,
            LATERAL (SELECT to_timestamp(entered[k] + (c - 1) * 900) AS start) AS s""",
    "invitations": f"""
        INSERT INTO surveys_invitation (id, public_id, survey_id, version_id, customer_id, run_id, stage_id, occasion,
            state, channel, probability, due_at, expires_at, token_version, token_hash, preferences_hash, answered_at,
            created_at)
        SELECT ask, gen_random_uuid(), (%(surveys)s)[k], (%(versions)s)[k], customer, n, (%(stages)s)[k], 'run:' || ask,
            CASE WHEN rating < 0 THEN 'expired' ELSE 'answered' END, 'email', 1, due, due + interval '14 days', 1,
            sha256(('a' || ask)::bytea), sha256(('p' || ask)::bytea), CASE WHEN rating >= 0 THEN due END, due
        FROM {_ASKS}""",
    "deliveries": f"""
        INSERT INTO surveys_delivery (public_id, invitation_id, channel, purpose, state, next_at, claim_no, attempts,
            deaths, worker, provider, provider_id, error, sent_at, created_at, updated_at)
        SELECT gen_random_uuid(), ask, 'email', 'first', 'sent', due, 1, 1, 0, '', '', '', '', due, due, due
        FROM {_ASKS}""",
    "asks": f"""
        INSERT INTO surveys_askdecision (survey_id, customer_id, run_id, stage_id, invitation_id, occasion, channel,
            outcome, detail, probability, due_at, decided_at, imported)
        SELECT (%(surveys)s)[k], customer, n, (%(stages)s)[k], ask, 'run:' || ask, 'email', 'planned', '', 1, due, due,
            false
        FROM {_ASKS}""",
    "responses": f"""
        INSERT INTO feedback_response (id, public_id, occasion_key, survey_id, version_id, invitation_id, customer_id,
            run_id, source, channel, language, content_hash, late, complete, hidden, "order",
            asked_at, answered_at, created_at)
        SELECT ask, gen_random_uuid(), 'invitation:' || ask, (%(surveys)s)[k], (%(versions)s)[k], ask, customer, n,
            'link', 'email', 'en', ''::bytea, false, true, '{{}}', '{{}}', due, due + interval '6 hours', due
        FROM {_ASKS} WHERE rating >= 0""",
    "stage answers": f"""
        INSERT INTO feedback_answer (id, response_id, question_id, run_id, measures, stage_id, value, choices, score,
            answered_at)
        SELECT ask * 8 + q, ask, (%(stage_questions)s)[1 + q * 8 + k - 1], n, 'stage', (%(stages)s)[k], raw, '{{}}',
            (raw - low) * 100 / (high - low), due + interval '6 hours'
        FROM {_ASKS}, LATERAL {_STAGE_VALUES},
            LATERAL (SELECT (array[0, 1, 1, 0])[1 + q] AS low, (array[10, 5, 7, 1])[1 + q] AS high) AS scale
        WHERE rating >= 0 AND k < 9""",
    "answers about the whole": f"""
        INSERT INTO feedback_answer (id, response_id, question_id, run_id, measures, stage_id, to_stage_id, value,
            choices, score, answered_at)
        SELECT ask * 8 + q, ask, (%(whole_questions)s)[1 + q], n, CASE q WHEN 3 THEN 'transition' ELSE 'journey' END,
            CASE q WHEN 3 THEN (%(stages)s)[3] END, CASE q WHEN 3 THEN (%(stages)s)[4] END, raw, '{{}}',
            (raw - low) * 100 / (high - low), due + interval '6 hours'
        FROM {_ASKS}, LATERAL {_WHOLE_VALUES},
            LATERAL (SELECT (array[0, 0, 1, 1, 0])[1 + q] AS low, (array[10, 10, 5, 5, 1])[1 + q] AS high) AS scale
        WHERE rating >= 0 AND k = 9""",
    "texts": """
        INSERT INTO feedback_freetext (id, answer_id, text, language, scored_at)
        SELECT n, (n * 16 + 9) * 8 + 4, 'As one would expect: ' || CASE no_news WHEN 1 THEN 'no news for weeks'
            ELSE 'it went well' END, 'en', now()
        FROM bench_run WHERE whole >= 0""",
    "text scores": """
        INSERT INTO feedback_textscore (text_id, engine, version, language, polarity, label, evidence, scored_at)
        SELECT n, 'textblob', '1', 'en', (whole - 5) / 10.0, CASE WHEN whole > 6 THEN 'positive' WHEN whole < 4
            THEN 'negative' ELSE 'neutral' END, '[]', now()
        FROM bench_run WHERE whole >= 0""",
    "themes": """
        INSERT INTO feedback_themetag (text_id, theme, polarity, method)
        SELECT n, theme, 0, 'keywords' FROM bench_run,
            LATERAL (VALUES ('kept_informed', no_news = 1), ('staff_manner', friendly = 1)) AS t(theme, said)
        WHERE whole >= 0 AND said""",
    "commercial rows": """
        INSERT INTO feedback_commercialrecord (customer_id, run_id, period_start, period_end, retained, spend, margin,
            referrals)
        SELECT customer, n, (to_timestamp(last) + interval '30 days')::date,
            (to_timestamp(last) + interval '395 days')::date,
            retained = 1, spend, round((0.3 * spend)::numeric, 2), 0
        FROM bench_run WHERE ended < 2""",
}  # fmt: skip
