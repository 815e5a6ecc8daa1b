"""What a run row is made of, said once and in SQL: the database computes rows where the contacts and answers lie.

Every fact of a run is a query over that one run, so its cost hangs neither on how many runs are computed at once nor on
the planner's knowledge of the tables. The tests' run_reference says the same in plain Python. Sums are taken in order,
since another order would be another last digit.
"""

from typing import Final

from django.db.models import Exists, OuterRef

from feedback.models import Answer, Response, RunScore
from surveys.enums import Measures, StageKind, SurveyKind, VersionState
from surveys.models import (
    Customer,
    Interaction,
    JourneyRun,
    JourneyVersion,
    Question,
    Stage,
    StageVisit,
    Survey,
    SurveyVersion,
)

COLUMNS: Final = tuple(str(field.column) for field in RunScore._meta.concrete_fields)
DAY: Final = "interval '24 hours'"  # "1 day" would hang on the clocks' changes
REPEAT_WITHIN: Final = f"7 * {DAY}"
LATE_AFTER: Final = f"30 * {DAY}"

_ANSWER, _RESPONSE = Answer._meta.db_table, Response._meta.db_table
_RUN, _VISIT, _CONTACT = JourneyRun._meta.db_table, StageVisit._meta.db_table, Interaction._meta.db_table
_VERSION, _STAGE, _CUSTOMER = JourneyVersion._meta.db_table, Stage._meta.db_table, Customer._meta.db_table
_QUESTION, _SURVEY, _EDITION = Question._meta.db_table, Survey._meta.db_table, SurveyVersion._meta.db_table


def _days(span: str) -> str:
    """A span as days: seconds are exact to the microsecond before they become a float."""
    return f"extract(epoch FROM {span})::float8 / 86400"


def _number(name: str) -> str:
    """A float as JSON keeps it: all its digits, and 8 as 8.0."""
    exact = f"{name}::text::numeric"
    return f"CASE WHEN {name} = trunc({name}) AND abs({name}) < 1e16 THEN round({exact}, 1) ELSE {exact} END"


def scale_names() -> dict[str, list[object]]:
    """Parameters of `RUN_ROWS`: every scale in use, and its name in the key of a rating (0-10)."""
    scales = (
        Question.objects.filter(scale_min__isnull=False).order_by().values_list("scale_min", "scale_max").distinct()
    )
    ends = list(scales)
    return {
        "lows": [low for low, _high in ends],
        "highs": [high for _low, high in ends],
        "names": [f"{low:g}-{high:g}" for low, high in ends],
    }


def former_questions() -> list[int]:
    """Parameter of `RUN_ROWS`: questions that are asked in another series or on another scale now.

    Answers to them are kept as ratings of their own, and stand in no score (method 3.2).
    """
    published = Question.objects.filter(
        version__survey=OuterRef("version__survey"), version__state=VersionState.PUBLISHED, code=OuterRef("code")
    )
    same = published.filter(series=OuterRef("series"), **{end: OuterRef(end) for end in ("scale_min", "scale_max")})
    earlier = Question.objects.exclude(version__state=VersionState.PUBLISHED).filter(scale_min__isnull=False)
    return list(earlier.filter(Exists(published), ~Exists(same)).order_by("pk").values_list("pk", flat=True))


# Everything between the braces below is a name of our own tables or a word of our own enums.

# Waits between consecutive passages; those that are negative or flagged are counted, not summed.
_VISITS: Final = f"""
    WITH visit AS MATERIALIZED (
        SELECT x."order" AS place, s.code, s.owner_id, lag(s.code) OVER path AS before,
            {_days("x.entered_at - lag(x.left_at) OVER path")} AS days,
            x.bad_time OR lag(x.bad_time) OVER path AS bad
        FROM {_VISIT} x JOIN {_STAGE} s ON s.id = x.stage_id WHERE x.run_id = r.id
        WINDOW path AS (ORDER BY x."order")
    ), wait AS (
        SELECT before || '->' || code AS key, sum(days ORDER BY place) AS days
        FROM visit WHERE days >= 0 AND NOT bad GROUP BY 1
    )
    SELECT (SELECT coalesce(jsonb_object_agg(key, {_number("days")}), '{{}}') FROM wait) AS waits,
        count(days) FILTER (WHERE days < 0 OR bad) AS bad_times, count(DISTINCT owner_id) AS departments
    FROM visit
"""  # noqa: S608
# A repeat has the stage and (not blank) reason of an earlier contact that ended at most 7 days before it started.
_CONTACTS: Final = f"""
    WITH contact AS MATERIALIZED (
        SELECT row_number() OVER sequence AS place, s.code, i.reason, i.channel, i.started_at, i.ended_at,
            i.handle_seconds,
            lag(i.channel) OVER (PARTITION BY i.channel = '' ORDER BY i.started_at, i.reference COLLATE "C") AS before
        FROM {_CONTACT} i JOIN {_STAGE} s ON s.id = i.stage_id WHERE i.run_id = r.id
        WINDOW sequence AS (ORDER BY i.started_at, i.reference COLLATE "C")
    ), repeat AS (
        SELECT count(*) AS many FROM contact c WHERE c.reason <> '' AND EXISTS (
            SELECT FROM contact e
            WHERE e.place < c.place AND e.code = c.code AND e.reason = c.reason
                AND c.started_at BETWEEN e.ended_at AND e.ended_at + {REPEAT_WITHIN}
        )
    )
    SELECT count(*) AS contacts, (SELECT many FROM repeat) AS repeats,
        count(*) FILTER (WHERE channel <> '' AND channel <> before) AS switches,
        sum(handle_seconds ORDER BY place) AS handled_seconds
    FROM contact
"""  # noqa: S608
# What was answered at one moment is taken in the survey's order, not by ids; what is alike in all of it adds up alike.
# Answers more than 30 days after the stage was left (else the run ended) are left out and counted.
_ANSWERS: Final = f"""
    WITH gone AS MATERIALIZED (
        SELECT l.code, max(x.left_at) AS left_at FROM {_VISIT} x JOIN {_STAGE} l ON l.id = x.stage_id
        WHERE x.run_id = r.id GROUP BY l.code
    ), given AS MATERIALIZED (
        SELECT row_number() OVER (
                ORDER BY a.answered_at, s.code COLLATE "C", q."order", a.value, a.score, p.weight, p.late, a.id
            ) AS place, a.value, a.score, a.measures, q.headline,
            p.weight, s.code AS survey, s.kind, q.code AS question, coalesce(g.code, '') AS stage,
            coalesce(scale.name, '') AS scale,
            q.series, q.id = ANY(%(former)s) AS former,
            p.late OR coalesce(a.answered_at > coalesce(gone.left_at, r.ended_at) + {LATE_AFTER}, false) AS late
        FROM {_ANSWER} a JOIN {_RESPONSE} p ON p.id = a.response_id JOIN {_SURVEY} s ON s.id = p.survey_id
            JOIN {_QUESTION} q ON q.id = a.question_id LEFT JOIN {_STAGE} g ON g.id = a.stage_id
            LEFT JOIN gone ON gone.code = g.code LEFT JOIN scale ON scale.low = q.scale_min AND scale.high = q.scale_max
        WHERE a.run_id = r.id AND a.value IS NOT NULL
    ), counted AS (
        SELECT *, kind = '{SurveyKind.END_TO_END}' AND score IS NOT NULL AND NOT former AND (
            v.headline IN (question, survey || '.' || question) OR (v.headline = '' AND headline)) AS whole
        FROM given WHERE NOT late
    ), stage AS (
        SELECT stage AS code, sum(score ORDER BY place) / count(*) AS mean,
            jsonb_agg({_number("score")} ORDER BY place) AS scores
        FROM counted WHERE headline AND NOT former AND measures = '{Measures.STAGE}' AND score IS NOT NULL
        GROUP BY stage
    ), rating AS (
        SELECT survey || '.' || question || '|' || scale || CASE WHEN series > 1 THEN '#' || series ELSE '' END AS key,
            jsonb_agg({_number("value")} ORDER BY place) AS told
        FROM counted GROUP BY 1
    ), service AS (
        SELECT count(*) AS stages, sum(mean ORDER BY code COLLATE "C") / nullif(count(*), 0) AS mean FROM stage
        WHERE code = ANY(rule.stages) AND rule.needed <@ (SELECT coalesce(array_agg(code::text), '{{}}') FROM stage)
    )
    SELECT service.stages AS service_stages, service.mean AS service,
        (SELECT coalesce(jsonb_object_agg(code, scores), '{{}}') FROM stage) AS stage_scores,
        (SELECT coalesce(jsonb_object_agg(key, told), '{{}}') FROM rating) AS ratings,
        (SELECT count(*) FROM given WHERE late) AS late_answers,
        (array_agg(score ORDER BY place) FILTER (WHERE whole))[1] AS experience,
        (array_agg(weight ORDER BY place) FILTER (WHERE whole))[1] AS weight,
        coalesce(jsonb_object_agg(survey, {_number("weight")} ORDER BY place) FILTER (WHERE weight IS NOT NULL), '{{}}')
            AS weights
    FROM service LEFT JOIN counted ON true GROUP BY service.stages, service.mean
"""  # noqa: S608
# The stages whose mean is the service score; with `service_score: complete` also those that must all be answered.
_RULES: Final = f"""
    SELECT t.version_id, array_agg(t.code::text) AS stages, coalesce(array_agg(t.code::text) FILTER (
        WHERE v.options ->> 'service_score' = 'complete' AND EXISTS (
            SELECT FROM {_QUESTION} q JOIN {_EDITION} e ON e.id = q.version_id JOIN {_SURVEY} s ON s.id = e.survey_id
            WHERE q.headline AND q.measures = '{Measures.STAGE}' AND q.stage_code = t.code
                AND s.journey_id = v.journey_id AND e.state = '{VersionState.PUBLISHED}')), '{{}}') AS needed
    FROM {_STAGE} t JOIN {_VERSION} v ON v.id = t.version_id
    WHERE t.kind = '{StageKind.SERVICE}' AND t.version_id IN (SELECT version_id FROM {_RUN} WHERE id = ANY(%(runs)s))
    GROUP BY t.version_id
"""  # noqa: S608
_VALUES: Final = {
    "run_id": "r.id",
    "journey_id": "r.journey_id",
    "customer_id": "r.customer_id",
    "at": "coalesce(r.ended_at, r.last_event_at)",
    "outcome": "r.outcome",
    "segment": "c.segment",
    "steps": "contacts - repeats",
    "elapsed_days": _days("r.ended_at - r.started_at"),
    "computed_at": "%(now)s",
}
RUN_ROWS: Final = f"""
    WITH rule AS MATERIALIZED ({_RULES}), scale AS MATERIALIZED (
        SELECT * FROM unnest(%(lows)s::float8[], %(highs)s::float8[], %(names)s::text[]) AS scale(low, high, name)
    )
    SELECT {", ".join(_VALUES.get(column, column) for column in COLUMNS)}
    FROM {_RUN} r JOIN {_CUSTOMER} c ON c.id = r.customer_id JOIN {_VERSION} v ON v.id = r.version_id
        LEFT JOIN rule ON rule.version_id = r.version_id,
        LATERAL ({_VISITS}) AS visits, LATERAL ({_CONTACTS}) AS contacted, LATERAL ({_ANSWERS}) AS answered
    WHERE r.id = ANY(%(runs)s)
"""  # noqa: S608
