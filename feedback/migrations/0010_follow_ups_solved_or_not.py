"""A closed follow-up is solved or could not be, and says from a list what it came from.

Those closed before told neither: they become solved, from something else, and what was written as their cause goes
to their outcome, so that nothing is lost.
"""

from django.db import migrations, models

from feedback.enums import CLOSED_STATES, FollowUpState, RootCause

FORWARD = """
    UPDATE feedback_followup
    SET outcome = concat_ws(E'\\n', NULLIF(outcome, ''), NULLIF(root_cause, '')), root_cause = ''
    WHERE root_cause <> '';
    UPDATE feedback_followup SET state = 'solved', root_cause = 'other' WHERE state = 'closed';
"""
BACKWARD = "UPDATE feedback_followup SET state = 'closed' WHERE state IN ('solved', 'not_solvable');"


class Migration(migrations.Migration):
    dependencies = [("feedback", "0009_answering_seconds")]
    atomic = True

    operations = [
        migrations.RemoveConstraint("followup", "follow_up_closed_by_evidence"),
        migrations.RemoveConstraint("followup", "follow_up_one_open"),
        migrations.AlterField(
            "followup",
            "state",
            models.CharField(verbose_name="state", max_length=12, choices=FollowUpState, default=FollowUpState.OPEN),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.AlterField(
            "followup",
            "root_cause",
            models.CharField(verbose_name="root cause", max_length=30, choices=RootCause, blank=True),
        ),
        migrations.AlterField(
            "followup",
            "outcome",
            models.TextField(
                verbose_name="outcome", blank=True, help_text="what was done, and what the customer was told"
            ),
        ),
        migrations.AddConstraint(
            "followup",
            models.UniqueConstraint(
                fields=("rule", "run"), condition=~models.Q(state__in=CLOSED_STATES), name="follow_up_one_open"
            ),
        ),
        migrations.AddConstraint(
            "followup",
            models.CheckConstraint(
                condition=~models.Q(state__in=CLOSED_STATES)
                | (models.Q(closed_at__isnull=False) & ~models.Q(outcome="") & models.Q(root_cause__in=RootCause.values)),
                name="follow_up_closed_by_evidence",
            ),
        ),
    ]
