"""The command: exit codes, what it prints, the report file, XLSX, and asking only when told to."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from openpyxl import Workbook

from surveys.enums import SurveyKind, Trigger
from surveys.models import AskDecision, Customer, Interaction
from tests.factories import RuleFactory, SurveyFactory, published_journey, published_survey

pytestmark = pytest.mark.django_db


def run(*args: str, **options: object) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_table", *args, stdout=out, stderr=err, **options)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def file(folder: Path, text: str) -> str:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_import_table_all_taken_exits_0(tmp_path):
    code, out, _err = run("customers", file(tmp_path, "customer\nC1\nC2\n"))
    assert (code, out) == (0, "2 rows: 2 created, 0 changed, 0 unchanged, 0 refused.\n")


def test_import_table_some_refused_exits_3_and_lists_them(tmp_path):
    report = tmp_path / "refused.csv"
    text = "customer,email\nC1,\nC2,=cmd()@x\n"
    code, out, _err = run("customers", file(tmp_path, text), report=report)
    assert code == 3
    assert out.splitlines()[0] == "2 rows: 1 created, 0 changed, 0 unchanged, 1 refused."
    assert out.splitlines()[1].startswith('row 3: email, "=cmd()@x": ')
    header, row = csv.reader(io.StringIO(report.read_text(encoding="utf-8")))
    assert header == ["row", "column", "value", "reason"]
    assert row[:3] == ["3", "email", "'=cmd()@x"]


def test_import_table_unusable_file_exits_2_with_a_sentence(tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes("customer\nJosé\n".encode("latin-1"))
    code, out, err = run("customers", str(path))
    assert (code, out, Customer.objects.count()) == (2, "", 0)
    assert "not in UTF-8" in err
    assert "iconv -f WINDOWS-1252 -t UTF-8" in err


def test_import_table_report_that_cannot_be_written_exits_2_before_anything(tmp_path):
    code, _out, _err = run("customers", file(tmp_path, "customer\nC1\n"), report=tmp_path / "no" / "r.csv")
    assert (code, Customer.objects.count()) == (2, 0)


def test_import_table_dry_run_says_so_and_writes_nothing(tmp_path):
    code, out, _err = run("customers", file(tmp_path, "customer\nC1\n"), dry_run=True)
    assert (code, out.splitlines()[0], Customer.objects.count()) == (0, "Dry run: nothing was written.", 0)


def test_import_table_xlsx_is_taken_like_csv(tmp_path):
    book = Workbook()
    for row in (["customer", "phone", "attr.tenure"], [17.0, "+49 170 1234567", 5], ["C2", 491701234567.0, None]):
        book.active.append(row)
    book.save(tmp_path / "table.xlsx")
    code, out, _err = run("customers", str(tmp_path / "table.xlsx"))
    assert code == 3
    assert 'row 3: phone, "491701234567": ' in out
    customer = Customer.objects.get()
    assert (customer.external_id, customer.phone, customer.attributes) == ("17", "+491701234567", {"tenure": "5"})


def test_import_table_more_refusals_than_kept_are_counted(tmp_path):
    code, out, _err = run("customers", file(tmp_path, "customer,email\n" + "".join(f"C{n},x\n" for n in range(1_002))))
    assert code == 3
    assert out.splitlines()[-1] == "2 more refused rows are not shown; --report FILE writes all of them."


@pytest.fixture
def asking() -> None:
    """A rule that asks after every contact with the documents stage."""
    journey = published_journey(code="account").journey
    survey = SurveyFactory(code="docs", kind=SurveyKind.TOUCHPOINT, journey=journey, stage_code="documents")
    published_survey(survey)
    RuleFactory(survey=survey, trigger=Trigger.INTERACTION, conditions={"stage": "documents"})


def contacts(folder: Path) -> str:
    now = timezone.now()
    rows = [f"C{n},account,R{n},documents,{(now - timedelta(days=n)).isoformat()},I{n}" for n in (1, 9)]
    return file(folder, "customer,journey,run,stage,started_at,reference\n" + "\n".join(rows))


def test_import_table_asks_nobody(tmp_path, asking):
    assert run("interactions", contacts(tmp_path))[0] == 0
    assert (Interaction.objects.count(), AskDecision.objects.count()) == (2, 0)


def test_import_table_told_to_ask_decides_and_leaves_out_what_is_too_old(tmp_path, asking):
    call_command("import_table", "customers", file(tmp_path, "customer,email,consent_email\nC1,a@example.org,yes\n"))
    code, out, _err = run("interactions", contacts(tmp_path), ask=True)
    assert code == 0
    outcomes = dict(AskDecision.objects.values_list("interaction__reference", "outcome"))
    assert outcomes == {"I1": "planned", "I9": "too_old"}
    assert "1 asks: too_old" in out
