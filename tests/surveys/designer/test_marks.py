"""Every mark that the designer offers is one that the check takes."""

from surveys.designer.marks import marks
from surveys.logic import piping

DOCUMENT = {
    "questions": [
        {"code": "overall", "kind": "csat", "text": {"en": "How?"}},
        {"code": "served", "kind": "service_quality", "text": {"en": "Served?"}},
        {"code": "reason", "kind": "text", "text": {"en": "Why?"}},
    ]
}


def test_every_mark_offered_can_be_put_in():
    offered = [mark for mark, _words in marks(DOCUMENT, "en", "reason")]
    codes = {"overall", "served.speed", "served.knowledge", "served.patience", "served.accommodation"}
    assert [problem for mark in offered for problem in piping.problems(mark, codes)] == []
    assert offered[:3] == ["[[stage.name|our service]]", "[[answer.overall|…]]", "[[answer.served.speed|…]]"]
    assert len(offered) == len(set(offered)) == 20
