"""Coverage as plain text: the funnel, customers, classes, weights and their limits."""

from feedback.dashboards.addition import Value
from feedback.dashboards.words import fewer, one
from feedback.dashboards.words_contacts import percent
from feedback.dashboards.words_coverage import class_name

STEPS = ("runs", "eligible", "invited", "delivered", "answered_touchpoint", "answered_end_to_end")
HEARD = ("customers", "never_contacted", "never_invited", "never_answered", "answered")


def lines_coverage(value: Value) -> list[str]:
    """The lines of coverage; none without runs."""
    coverage = value["coverage"]
    if not coverage["funnel"]:
        return []
    rows = [row for row in coverage["funnel"] if row["runs"] is not None]
    lines = [f"{'Coverage':<28} {'runs':>7} {'due':>7} {'invited':>7} {'deliv.':>7} {'touch.':>7} {'e2e':>7}"]
    lines += [f"{_cell(row):<28} " + " ".join(f"{row[key]:>7}" for key in STEPS) for row in rows]
    people = coverage["customers"][0]
    lines.append("Customers: " + ", ".join(f"{key.replace('_', ' ')} {people[key]}" for key in HEARD))
    if coverage["not_invited"]:
        lines.append("Not asked: " + ", ".join(f"{item['label']} {item['n']}" for item in coverage["not_invited"]))
    return [*lines, *_classes(coverage), *_said(coverage), ""]


def _cell(row: Value) -> str:
    return "all" if row["by"] == "all" else f"{row['by']} {class_name(row['cell'])}"


def _classes(coverage: Value) -> list[str]:
    lines = []
    for row in coverage["classes"]:
        score = one(row["score"]) if row["score"] is not None else row["state"]
        response = f"{fewer()} of {row['frame']} answered"
        if row["answers"] is not None:
            response = f"{row['answers']} of {row['frame']} answered ({percent(row['response']['share'])})"
        lines.append(f"{class_name(row['name']):<28} {response:<36} experience {score}")
    return lines


def _said(coverage: Value) -> list[str]:
    said = [row["text"] for row in coverage["classes"] if row["text"]]
    if coverage.get("silent"):
        said.append(coverage["silent"]["sentence"])
    if coverage.get("sentence"):
        said.append(coverage["sentence"])
    if coverage.get("pairs_sentence"):
        said.append(coverage["pairs_sentence"])
    raked = coverage.get("raked")
    if raked and raked["converged"]:
        said.append(
            f"Raked to {coverage['by']} and contact: {one(raked['score'])} [{one(raked['lo'])}, {one(raked['hi'])}]"
        )
    if coverage.get("poor_bounds"):
        said.append(coverage["poor_bounds"]["sentence"])
    return [*said, *coverage.get("limits", [])]
