"""Follow-ups know whose stage or wait they are about."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0002_analysis"),
        ("surveys", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="followup",
            name="department",
            field=models.ForeignKey(
                blank=True,
                help_text="owns the stage or wait that it is about; empty: nobody",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="surveys.department",
                verbose_name="department",
            ),
        ),
    ]
