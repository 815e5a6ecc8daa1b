"""What goes with the gap: drivers of the experience, touchpoints, peak and end, themes (method 3.6)."""

import dataclasses
from typing import Any

import numpy as np

from feedback.dashboards import explain_doubts, themes, words_explain, words_touchpoints
from feedback.dashboards.addition import Addition
from feedback.dashboards.context import Context
from feedback.dashboards.told_first import told_first
from feedback.insights.arrays import Floats, FloatsLike, floats
from feedback.insights.drivers import MIN_EFFECT, MIN_ROWS, ROWS_PER_PREDICTOR, BlockShare, Dose, Driver
from feedback.insights.explain import Explanation, explained, stake_of_gap
from feedback.insights.pairwise import pairwise_shares
from feedback.insights.peak_end import peak_end
from feedback.insights.suppression import complementary, small_cell
from feedback.insights.touchpoints import gap_by_length, no_bad_step, worst_touchpoint
from feedback.queries.predictors import Candidate, Material, material_of
from feedback.queries.themes import comment_themes

Value = dict[str, Any]
BOOTSTRAP_UP_TO = 12  # predictors: 500 times all subsets of more take longer than a page may


def explain_part(context: Context, value: Value) -> Addition:
    """drivers, peak_end, touchpoints and text.themes, with their findings and doubts."""
    said = comment_themes(context.run_ids, context.table.run)
    material = material_of(context.definition, context.table, context.runs.service, said, told_first(context))
    doubts = explain_doubts.doubts_of(context, material)
    drivers = _drivers(context, value, material, doubts)
    found = themes.theme_values(context, said)
    values: Value = {"drivers": drivers, "text": {**value["text"], "themes": found.shown}}
    if context.judging:
        return Addition(values)
    values |= {"peak_end": _peak_end(context), "touchpoints": _touchpoints(context)}
    findings = [*words_explain.findings(value, drivers), *words_explain.theme_findings(value, found.shown)]
    return Addition(values, findings, doubts.warnings, found.suppressed)


def _drivers(context: Context, value: Value, material: Material, doubts: explain_doubts.Doubts) -> Value:
    """The contract's `drivers`: items with slope and finding, blocks that add up, dose, stake, what is ruled out.

    Without a number where the answers cannot bear one: the outcome's scale is broken.
    """
    candidates = [*material.records, *material.stated]
    outcome = np.full(len(context.table), np.nan) if doubts.unusable else context.table.experience
    model = explained(
        outcome,
        [candidate.predictor for candidate in material.records],
        [candidate.predictor for candidate in material.stated],
        context.table.customer,
        material.controls.columns,
        material.partial_service,
        _least(context),
        None if context.judging or len(material.records) > BOOTSTRAP_UP_TO else context.seed,
    )
    known = {candidate.predictor.code: candidate for candidate in candidates}
    items = [_item(item, known[item.code], value, "records", doubts) for item in model.records.items]
    items += [_item(item, known[item.code], value, "stated", doubts) for item in model.stated]
    named = [] if doubts.computed else [code for code in model.named if code in known]
    labels = {item["code"]: item["label"] for item in items}
    strongest = next((item for item in items if item["code"] == model.strongest), None)
    if context.judging:
        return {"items": items}
    drivers = _head(context, material, model, doubts) | {
        "items": items,
        "blocks": [_block(block, labels) for block in model.records.blocks],
        "named": named,
        "dose_of": strongest and f"{strongest['label']} ({words_explain.measured_in(strongest)})",
        "ruled_out": list(model.ruled_out),
        "stake": _stake(model, value["gap"]["gap"], items),
        "stage_shares": None if doubts.unusable else _stage_shares(context, material, value["stages"]),
        "straight_lining": doubts.straight,
    }
    return drivers | {"sentences": words_explain.sentences(value, drivers)}


def _least(context: Context) -> float:
    """The smallest effect that is named, points between a typical low and high customer."""
    return float(context.definition.options.get("min_effect", MIN_EFFECT))


def _head(context: Context, material: Material, model: Explanation, doubts: explain_doubts.Doubts) -> Value:
    question = context.definition.experience_question
    records = model.records
    warnings = [*doubts.codes, *(code for code in records.warnings if not doubts.unusable)]
    used = len(material.records) - len(records.left_out)
    return {
        "method": records.method,
        "outcome": f"{question.survey}.{question.code}" if question else None,
        "predictors": material.mode,
        "n": records.n,
        "customers": records.customers,
        "r2": records.r2,
        "stated_r2": model.stated_r2,
        "min_effect": _least(context),
        "controls": list(material.controls.names),
        "warnings": warnings,
        "needed": max(MIN_ROWS, ROWS_PER_PREDICTOR * used),
        "dose": [_dose(dose) for dose in model.dose],
        "strongest": model.strongest,
        "bent": list(model.bent),
        "service_at_least": model.service_at_least,
        "left_out": [
            *({"code": code, "reason": reason} for code, reason in records.left_out),
            *({"code": code, "reason": "missing"} for code in material.dropped),
        ],
        "merged": [list(pair) for pair in records.merged],
    }


def _item(item: Driver, candidate: Candidate, value: Value, group: str, doubts: explain_doubts.Doubts) -> Value:
    """One row of drivers.items. share: part of what records explain; null for stated ones, fitted in a second model."""
    stake, adjusted, records = item.at_stake, item.adjusted, group == "records"
    return {
        "code": item.code,
        "label": words_explain.label(candidate, value["stages"]),
        "kind": candidate.kind,
        "group": group,
        "block": item.block,
        "owner": candidate.owner,
        "touches": list(candidate.touches),
        "slope": item.slope,
        "lo": item.lo,
        "hi": item.hi,
        "p": item.p,
        "q": item.q,
        "effect": item.effect,
        "adjusted": adjusted and dataclasses.asdict(adjusted),
        "finding": item.finding and not doubts.computed,
        "share": item.share if records else None,
        "share_lo": item.share_lo if records else None,
        "share_hi": item.share_hi if records else None,
        "at_stake": stake and dataclasses.asdict(stake),
        **_wait_facts(candidate),
    }


def _wait_facts(candidate: Candidate) -> Value:
    if candidate.raw is None or candidate.transition is None:
        return {"median_days": None, "promised_days": None}
    known = candidate.raw[np.isfinite(candidate.raw)]
    median = float(np.median(known)) if len(known) >= small_cell() else None
    return {"median_days": median, "promised_days": candidate.transition.promised_days}


def _block(block: BlockShare, labels: dict[str, str]) -> Value:
    return dataclasses.asdict(block) | {"label": words_explain.block_label(block.block, labels)}


def _dose(dose: Dose) -> Value:
    row = dataclasses.asdict(dose)
    return row if dose.n >= small_cell() else row | dict.fromkeys(("score", "lo", "hi", "n"))


def _stake(model: Explanation, gap: float | None, items: list[Value]) -> Value | None:
    """What the predictors with a promise or need explain of the gap, where a gap is shown, and by owner (None: nobody).

    Points of the gap: the opposite of what is at stake for the experience.
    """
    found = None if gap is None else stake_of_gap(model.records.items, gap)
    if found is None:
        return None
    parts: dict[str | None, float] = {}
    for item in items:
        if item["at_stake"] is not None and item["group"] == "records":
            parts[item["owner"]] = parts.get(item["owner"], 0.0) - item["at_stake"]["value"]
    owners = sorted(parts.items(), key=lambda part: (-part[1], part[0] or ""))
    return dataclasses.asdict(found) | {"by_owner": [{"owner": owner, "part": part} for owner, part in owners]}


def _stage_shares(context: Context, material: Material, stages: list[Value]) -> Value | None:
    """The share of every stage beside the other records, from pairs of answers: stages were missing by design.

    None where a pair of them has under 50 joint answers, or nothing was left out.
    """
    codes = [stage.code for stage in context.definition.asked_service_stages]
    others = [c for c in material.records if c.kind != "service" and _varies(c.predictor.values)]
    if not material.partial_service or len(codes) < 2:
        return None
    columns = [context.table.stage_means(codes), *(floats(c.predictor.values)[:, None] for c in others)]
    found = pairwise_shares(context.table.experience, np.column_stack(columns))
    if not found.shares:
        return None
    known = {stage["code"]: stage for stage in stages}
    rows = [
        {"code": code, "label": known[code]["name"], "owner": known[code]["owner"], "share": share}
        for code, share in zip(codes, found.shares, strict=False)
    ]
    return {"r2": found.r2, "fewest": found.fewest, "stages": rows}


def _varies(values: FloatsLike) -> bool:
    known = floats(values)
    known = known[np.isfinite(known)]
    return len(known) > 0 and float(np.ptp(known)) > 0


def _stage_scores(context: Context) -> tuple[list[str], Floats]:
    """The stages that are asked about, in order: those of service where there are two, else all."""
    codes = [stage.code for stage in context.definition.asked_service_stages]
    if len(codes) < 2:
        codes = [stage.code for stage in context.definition.stages if context.definition.headline_of(stage.code)]
    return codes, context.table.stage_means(codes)


def _peak_end(context: Context) -> Value | None:
    """Which summary of the stages describes the experience best; None under 50 runs or two stages."""
    codes, scores = _stage_scores(context)
    table = context.table
    if len(codes) < 2:
        return None
    complete = context.definition.options.get("service_score") == "complete"
    waits = [table.wait(transition.key) for transition in context.definition.transitions]
    columns = [column for column in waits if np.isfinite(column).any()]
    found = peak_end(
        table.experience,
        scores,
        complete,
        table.elapsed_days if columns else None,
        np.column_stack(columns) if columns else None,
        table.customer,
    )
    if found is None:
        return None
    value: Value = {"r": dict(found.r), "best": found.best, "n": found.n, "stages": codes}
    value["duration"] = None if found.duration is None else dataclasses.asdict(found.duration)
    return value | {"sentence": words_explain.peak_end_sentence(value)}


def _touchpoints(context: Context) -> Value | None:
    """Experience by the worst stage, the gap by number of steps, and runs without a bad step."""
    table = context.table
    codes = [stage.code for stage in context.definition.stages if context.definition.headline_of(stage.code)]
    if not codes or int(np.isfinite(table.experience).sum()) < small_cell():
        return None
    scores = table.stage_means(codes)
    steps = np.where(table.contacts > 0, table.steps, np.nan)
    worst = worst_touchpoint(scores, table.experience, table.customer)
    switches = np.where(table.contacts > 0, table.switches, np.nan)
    length = gap_by_length(context.runs.service, table.experience, steps, table.elapsed_days, table.customer, switches)
    good = no_bad_step(scores, table.customer)
    by_steps = _shown(dataclasses.asdict(length)) if np.isfinite(steps).any() else None
    if by_steps:
        by_steps |= {"slopes": words_touchpoints.slopes_text(by_steps)}
    return {
        "worst": _shown(dataclasses.asdict(worst)),
        "gap_by_steps": by_steps and by_steps | {"sentence": words_explain.length_sentence(by_steps["bands"])},
        "no_bad_step": words_touchpoints.no_bad_step_value(_shown(dataclasses.asdict(good))),
    }


def _shown(value: Any) -> Any:
    """The same without the numbers of cells under 5."""
    if isinstance(value, list | tuple):
        return _bands_shown(value)
    if not isinstance(value, dict):
        return value
    if 0 < (value.get("n") or 0) < small_cell():
        return {key: item if key in ("low", "high") else None for key, item in value.items()}
    return {key: _shown(item) for key, item in value.items()}


def _bands_shown(bands: Any) -> list[Any]:
    """Bands add up to what is shown elsewhere: a small one takes the next smallest with it."""
    hidden = complementary([band["n"] for band in bands])
    return [
        {key: item if key in ("low", "high") else None for key, item in band.items()} if hide else band
        for band, hide in zip(bands, hidden, strict=True)
    ]
