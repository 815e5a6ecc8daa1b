"""A comparison that somebody stopped, and when its computing began."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A state more and a moment."""

    dependencies = [("feedback", "0005_pay_metrics")]

    operations = [
        migrations.AlterField(
            model_name="analysis",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting"),
                    ("running", "being computed"),
                    ("ready", "ready"),
                    ("failed", "failed"),
                    ("stopped", "stopped by somebody"),
                ],
                default="waiting",
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.AddField(
            model_name="analysis",
            name="began_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="begun"),
        ),
    ]
