"""Contact details of answers, encrypted; the random order in which a survey was shown."""

import django.db.models.deletion
import encrypted_fields.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0006_stopped_analysis'),
    ]

    operations = [
        migrations.AddField(
            model_name='response',
            name='order',
            field=models.JSONField(blank=True, default=dict, verbose_name='random order drawn'),
        ),
        migrations.CreateModel(
            name='SealedText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', encrypted_fields.fields.EncryptedTextField(verbose_name='text')),
                ('answer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sealed_text', to='feedback.answer')),
            ],
            options={
                'verbose_name': 'sealed text',
                'verbose_name_plural': 'sealed texts',
                'ordering': ('-id',),
            },
        ),
    ]
