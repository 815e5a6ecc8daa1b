"""What comments and lists of problems mention, run by run."""

from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, QuerySet

from feedback.models import Answer, FreeText, RunScore, TextScore
from feedback.themes.keywords import ENGINE
from feedback.themes.taxonomy import TAXONOMY

Runs = Sequence[int] | QuerySet[RunScore, int]  # ids, or a subquery of them: a list of a million is no filter


def comment_themes(runs: Runs) -> dict[int, set[str]]:
    """The themes of the comments of each run that wrote some, in one query.

    Runs whose comments are not read yet, or in a language without phrases, are not there: nothing is known of them.
    """
    read = TextScore.objects.filter(text=OuterRef("pk"), language__in=list(TAXONOMY))
    texts = FreeText.objects.filter(Exists(read), answer__run_id__in=runs, answer__response__late=False)
    found: dict[int, set[str]] = {}
    for run, theme, method in texts.values_list("answer__run_id", "themes__theme", "themes__method"):
        said = found.setdefault(run, set())
        if theme and method == ENGINE:
            said.add(theme)
    return found


def chosen_options(runs: Runs, questions: Collection[str]) -> dict[str, dict[int, set[str]]]:
    """The choices of each run by question code, for runs that chose some, in one query (none without questions)."""
    found: dict[str, dict[int, set[str]]] = {code: {} for code in questions}
    if not questions:
        return found
    rows = Answer.objects.filter(run_id__in=runs, question__code__in=list(questions), response__late=False).exclude(
        choices=[]
    )
    for code, run, choices in rows.values_list("question__code", "run_id", "choices"):
        found[code].setdefault(run, set()).update(choices)
    return found
