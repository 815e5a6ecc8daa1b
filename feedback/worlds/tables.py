"""A world as the tables of the import: journeys become customers, runs, interactions, answers, asks and money."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from feedback.worlds.contacts import REASONS, Contacts
from feedback.worlds.journeys import STAGE_MINUTES, Journeys
from feedback.worlds.stories import Told

Row = dict[str, object]
Tables = dict[str, list[Row]]
KINDS = ("customers", "runs", "interactions", "answers", "asks", "commercial")
FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEWS_TEXT, FRIENDLY_TEXT = "No news for weeks, I had to call them myself.", "Such friendly people."
PLAIN_TEXT = "It went as one would expect."


def empty() -> Tables:
    """All tables without rows."""
    return {kind: [] for kind in KINDS}


def at(day: float) -> datetime:
    """The moment of a day counted from the world's first."""
    return FIRST_DAY + timedelta(seconds=round(day * 86_400))


def journey_tables(j: Journeys, random: np.random.Generator) -> Tables:
    """The tables of one planned journey; what the import derives from them is what the arrays say.

    Stage codes s1, s2, ...; surveys `<journey>-s1` with the question `overall`, and `<journey>-e2e` with `overall` and
    the text `why`.
    """
    tables, prefix = empty(), j.plan.code.lower()
    segments = j.segments()
    first_rows = {int(c): row for row, c in reversed(list(enumerate(j.customer)))}
    tables["customers"] = [
        {"customer": f"{prefix}{c:05d}", "segment": segments[row], "email": f"{prefix}{c:05d}@example.org",
         "consent_email": True, "consent_sms": False}
        for c, row in sorted(first_rows.items())
    ]  # fmt: skip
    for row in range(len(j.customer)):
        who: Row = {"customer": f"{prefix}{j.customer[row]:05d}", "journey": prefix, "run": f"{prefix}-{row:06d}"}
        contacts = list(_interactions(j, row, random))
        started, ended = _moment(contacts[0]["started_at"]), _moment(contacts[-1]["ended_at"])
        tables["runs"].append(
            {**who, "started_at": started, "ended_at": ended, "outcome": "completed",
             "attr.complexity": "complex" if j.complex_case[row] else "simple",
             **({"attr.paperless": "yes" if j.paperless[row] else "no"} if j.plan.paperless else {})}
        )  # fmt: skip
        tables["interactions"] += [{**who, **contact} for contact in contacts]
        _asked(tables, j, row, who, ended)
        tables["commercial"].append(
            {"customer": who["customer"], "run": who["run"], "journey": prefix,
             "period_start": (ended + timedelta(days=30)).date(), "period_end": (ended + timedelta(days=395)).date(),
             "retained": bool(j.retained[row]), "spend": round(float(j.spend[row]), 2),
             "margin": round(0.3 * float(j.spend[row]), 2), "referrals": 0}
        )  # fmt: skip
    return tables


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError(f"a moment is needed, got {value!r}")
    return value


def _interactions(j: Journeys, row: int, random: np.random.Generator) -> Iterator[Row]:
    """Contacts of one run in order: one a stage, extra steps and repeats at random stages, channels switched."""
    stages = j.stages.shape[1]
    extra = np.bincount(random.integers(0, stages, int(j.steps[row]) - stages), minlength=stages)
    again = np.bincount(random.integers(0, stages, int(j.repeats[row])), minlength=stages)
    total = stages + int(extra.sum() + again.sum())
    turns = set(random.choice(total - 1, int(j.switches[row]), replace=False) + 1) if j.switches[row] else set()
    channels = ("phone", "chat") if j.contacted[row] else ("web", "app")
    moment, number, channel = at(float(j.started[row])), 0, 0
    for stage in range(stages):
        if stage:
            moment += timedelta(seconds=round(float(j.waits[row, stage - 1]) * 86_400))
        # A repeat has the reason of a contact before it at the stage, an extra step one of its own. No two stages share
        # one: who comes for the next stage has not come back about the last.
        own = f"step {stage + 1}"
        reasons = [own, *[f"{own}, extra {k + 1}" for k in range(extra[stage])], *[own] * int(again[stage])]
        for reason in reasons:
            channel = 1 - channel if number in turns else channel
            end = moment + 10 * MINUTE
            yield {
                "stage": f"s{stage + 1}",
                "started_at": moment,
                "ended_at": end,
                "handle_seconds": 600 if j.contacted[row] else None,
                "channel": channels[channel],
                "agent": f"ag{random.integers(0, 20):02d}" if j.contacted[row] else "",
                "reason": reason,
                "initiator": "company" if j.proactive[row] and not number else "customer",
                "resolved": True if j.contacted[row] else None,
                "reference": f"{j.plan.code.lower()}-{row:06d}-{number:02d}",
            }
            number += 1
            moment = end + (STAGE_MINUTES - 10) * MINUTE
        moment = end


def _asked(tables: Tables, j: Journeys, row: int, who: Row, ended: datetime) -> None:
    """Asks and answers of one run: two stages of its own, and the end-to-end survey."""
    sent, stages = ended + timedelta(hours=12), j.stages.shape[1]
    for stage in np.flatnonzero(j.asked[row]):
        survey = f"{who['journey']}-s{stage + 1}"
        place: Row = {**who, "stage": f"s{stage + 1}", "survey": survey}
        tables["asks"].append(
            {**place, "asked_at": sent, "channel": "email", "outcome": "sent", "probability": 2 / stages}
        )
        if j.answered_touchpoint[row]:
            value = round(float(j.stages[row, stage]) / 10)
            tables["answers"].append(_answer(place, "overall", value, "", sent))
    place = {**who, "stage": "", "survey": f"{who['journey']}-e2e"}
    tables["asks"].append({**place, "asked_at": sent, "channel": "email", "outcome": "sent", "probability": 1.0})
    if j.answered_end[row]:
        tables["answers"].append(_answer(place, "overall", round(float(j.experience[row]) / 10), "", sent))
        said = [text for text, flag in ((NEWS_TEXT, j.no_news[row]), (FRIENDLY_TEXT, j.friendly[row])) if flag]
        tables["answers"].append(_answer(place, "why", None, " ".join(said) or PLAIN_TEXT, sent))


def _answer(place: Row, question: str, value: float | None, text: str, sent: datetime) -> Row:
    answered = sent + timedelta(hours=6)
    return {**place, "question": question, "value": value, "text": text, "asked_at": sent, "answered_at": answered}


def contact_tables(contacts: Contacts) -> Tables:
    """Issues as interactions without a run (a customer each), and what customers said of the first (`solved`)."""
    tables = empty()
    order = np.argsort(contacts.day, kind="stable")
    tables["customers"] = [
        {"customer": f"i{issue:05d}", "consent_email": True, "consent_sms": False}
        for issue in np.unique(contacts.issue)
    ]
    for row in order.tolist():
        started = at(float(contacts.day[row]))
        ended = started + timedelta(seconds=round(float(contacts.minutes[row]) * 60))
        who, reference = f"i{contacts.issue[row]:05d}", f"contact-{row:06d}"
        tables["interactions"].append(
            {"customer": who, "started_at": started, "ended_at": ended,
             "handle_seconds": round(float(contacts.minutes[row]) * 60, 3), "channel": "phone",
             "agent": f"ag{contacts.agent[row]:02d}", "reason": REASONS[contacts.reason[row]], "initiator": "customer",
             "resolved": bool(contacts.logged[row]), "reference": reference}
        )  # fmt: skip
        if np.isfinite(contacts.told[row]):
            sent = ended + timedelta(days=7)
            place: Row = {"customer": who, "interaction": reference, "survey": "contact-fcr"}
            tables["answers"].append(_answer(place, "solved", float(contacts.told[row]), "", sent))
    return tables


def story_tables(told: Told) -> Tables:
    """A story by its customers, on scales of 0-100; clarity of a transition is asked at the end (`clarity_<stage>`)."""
    tables, story = empty(), told.story
    for row in range(len(told.experience)):
        name = f"{story.code}-{row:03d}"
        who: Row = {"customer": name, "journey": story.code, "run": name}
        tables["customers"].append({"customer": name, "consent_email": True, "consent_sms": False})
        day, number = float(row), 0
        for place, stage in enumerate(story.stages):
            day += stage.wait
            if stage.kind == "wait":
                continue
            extra = int(told.extra_steps[row]) if place == len(story.stages) - 1 else 0
            for step in range(1 + extra):
                tables["interactions"].append(
                    {**who, "stage": stage.code, "started_at": at(day), "ended_at": at(day), "handle_seconds": 0,
                     "channel": stage.channel, "agent": "staff" if stage.human else "", "load": story.load,
                     "reason": f"step {step}", "initiator": "customer", "reference": f"{name}-{number:02d}"}
                )  # fmt: skip
                number += 1
        tables["runs"].append({**who, "started_at": at(float(row)), "ended_at": at(day), "outcome": "completed"})
        _story_answers(tables, told, row, who, at(day))
    return tables


def _story_answers(tables: Tables, told: Told, row: int, who: Row, ended: datetime) -> None:
    code, sent = told.story.code, ended + timedelta(hours=12)
    for place, stage in enumerate(told.story.stages):
        score = float(told.scores[row, place])
        if np.isfinite(score):
            about: Row = {**who, "stage": stage.code, "survey": f"{code}-{stage.code}"}
            tables["answers"].append(_answer(about, "overall", score, "", sent))
    about = {**who, "stage": "", "survey": f"{code}-e2e"}
    if np.isfinite(told.experience[row]):
        tables["answers"].append(_answer(about, "overall", float(told.experience[row]), "", sent))
    for stage in told.story.stages:
        if stage.clarity is not None:
            tables["answers"].append(_answer(about, f"clarity_{stage.code}", stage.clarity, "", sent))
