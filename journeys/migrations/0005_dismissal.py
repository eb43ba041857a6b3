import django.db.models.deletion
from django.db import migrations, models

import accounts.ids


class Migration(migrations.Migration):
    dependencies = [("journeys", "0004_journeytemplate")]

    operations = [
        migrations.CreateModel(
            name="Dismissal",
            fields=[
                ("id", models.UUIDField(default=accounts.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("rule", models.CharField(max_length=40)),
                ("subject_id", models.CharField(blank=True, default="", max_length=40)),
                ("reason", models.CharField(max_length=500)),
                (
                    "journey",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journeys.journey"),
                ),
            ],
            options={"indexes": [models.Index(fields=["journey", "id"], name="dismissal_of_journey")]},
        ),
    ]
