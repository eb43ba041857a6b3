import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import accounts.ids


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("journeys", "0003_child_journey")]

    operations = [
        migrations.CreateModel(
            name="JourneyTemplate",
            fields=[
                ("id", models.UUIDField(default=accounts.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("summary", models.TextField(blank=True, default="", max_length=1000)),
                ("content", models.JSONField()),
                ("stages", models.PositiveIntegerField()),
                ("touchpoints", models.PositiveIntegerField()),
                ("roles", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.member"),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="journey_templates",
                        to="accounts.workspace",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("workspace"),
                        django.db.models.functions.text.Lower("name"),
                        name="journey_template_name_once",
                    )
                ],
            },
        ),
    ]
