"""Themes: what comments and lists of problems mention, how often, and how those customers rated the journey."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from feedback.dashboards.context import Context
from feedback.dashboards.words_explain import theme_label
from feedback.insights.arrays import Bools
from feedback.insights.comparison import FINDING_Q
from feedback.insights.drivers import MIN_EFFECT
from feedback.insights.intervals import Difference, clustered_mean, mean_difference
from feedback.insights.multiple import benjamini_hochberg
from feedback.insights.shares import Share, share_of
from feedback.insights.suppression import small_cell, too_few
from feedback.queries.journey_definition import QuestionDefinition
from feedback.queries.themes import Said, chosen_options
from feedback.themes.taxonomy import OTHER
from surveys.enums import Measures, Metric

Value = dict[str, Any]
TESTED_FROM = 10  # as comments: from ten on nobody is pointed at, and a mean begins to mean something


@dataclass(frozen=True, slots=True)
class Mention:
    """One theme: runs that mention it, those it is held against, and all that could have mentioned it."""

    theme: str
    label: str
    source: str
    inside: Bools
    others: Bools
    asked: Bools


@dataclass(frozen=True, slots=True)
class ThemeValues:
    """Rows of text.themes, and what is hidden of them."""

    shown: list[Value]
    suppressed: list[Value]


def theme_values(context: Context, said: Said) -> ThemeValues:
    """Every theme with n, prevalence and difference in experience; one family of tests (method 1.5, 3.6).

    Themes of comments are held against comments without them; a problem against customers who met none where they were
    asked, else against those who chose others.
    """
    mentions = [*_comments(said), *_problems(context)]
    differences = [_difference(context, mention) for mention in mentions]
    p_values = [
        difference.p if n >= TESTED_FROM and mention.theme != OTHER else None
        for mention, (n, difference) in zip(mentions, differences, strict=True)
    ]
    least = float(context.definition.options.get("min_effect", MIN_EFFECT))
    rows = zip(mentions, differences, p_values, benjamini_hochberg(p_values), strict=True)
    values = [_row(context, mention, *found, p, q, least) for mention, found, p, q in rows]
    values.sort(key=lambda row: (-(row["n"] or 0), row["source"], row["theme"]))
    hidden = [{"cell": f"text.themes.{row['theme']}", "reason": too_few()} for row in values if row["n"] is None]
    return ThemeValues(values, hidden)


def _comments(said: Said) -> list[Mention]:
    wrote = said.anything
    return [
        Mention(theme, theme_label(theme), "comments", inside, wrote & ~inside, wrote)
        for theme, inside in sorted(said.named.items())
        if inside.any()
    ]


def _problems(context: Context) -> list[Mention]:
    """Every choice of the lists that ask about the whole journey."""
    questions = [
        q
        for q in context.definition.questions
        if q.current and q.kind == "multi" and q.measures == Measures.JOURNEY and q.metric != Metric.FEELINGS
    ]
    chosen = chosen_options(context.run_ids, [question.code for question in questions], context.table.run)
    return [mention for question in questions for mention in _choices(context, question, chosen[question.code])]


def _choices(context: Context, question: QuestionDefinition, chosen: Said) -> list[Mention]:
    spared, some = _met_none(context, question), chosen.anything
    found = []
    for code, inside in sorted(chosen.named.items()):
        others = (some if spared is None else spared) & ~inside
        asked = some if spared is None else some | spared
        label = dict(question.choices).get(code) or code
        found.append(Mention(code, label, f"{question.survey}.{question.code}", inside, others, asked))
    return found


def _met_none(context: Context, question: QuestionDefinition) -> Bools | None:
    """Runs that said no to "did you meet any problem?" in the same survey; None where that was not asked."""
    asked = [
        q
        for q in context.definition.questions
        if q.survey == question.survey and q.metric == Metric.PROBLEM and q.kind == "yes_no" and q.current
    ]
    if not asked or question.metric != Metric.PROBLEM:
        return None
    values, _customers, rows = context.table.rating(asked[0].key)
    spared = np.zeros(len(context.table), dtype=bool)
    spared[rows[values == 0]] = True
    return spared if spared.any() else None


def _difference(context: Context, mention: Mention) -> tuple[int, Difference]:
    """In how many ratings of the journey it is mentioned (0: of too few customers), and how they differ from others."""
    e, customer = context.table.experience, context.table.customer
    there = clustered_mean(np.where(mention.inside, e, np.nan), customer)
    rest = clustered_mean(np.where(mention.others, e, np.nan), customer)
    return there.n if there.customers >= small_cell() else 0, mean_difference(there, rest)


def _row(
    context: Context,
    mention: Mention,
    n: int,
    difference: Difference,
    p: float | None,
    q: float | None,
    least: float,
) -> Value:
    asked = np.where(mention.asked, mention.inside.astype(np.float64), np.nan)
    share: Share = share_of(asked, context.table.customer)
    head = {"theme": mention.theme, "label": mention.label, "source": mention.source}
    if n < small_cell():
        return head | dict.fromkeys(("n", "prevalence", "difference", "p", "q")) | {"finding": False}
    return head | {
        "n": n,
        "prevalence": {"share": share.share, "lo": share.lo, "hi": share.hi, "k": share.k, "n": share.n},
        "difference": {"value": difference.value, "lo": difference.lo, "hi": difference.hi},
        "p": p,
        "q": q,
        "finding": q is not None and q < FINDING_Q and abs(difference.value or 0.0) >= least,
    }
