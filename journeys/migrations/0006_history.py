import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import journeys.models.change


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("journeys", "0005_dismissal")]

    operations = [
        migrations.AddIndex(
            model_name="change",
            index=django.contrib.postgres.indexes.GinIndex(
                journeys.models.change.TouchedIds("patches"), fastupdate=False, name="change_touched"
            ),
        ),
        migrations.CreateModel(
            name="NamedRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.member"),
                ),
                (
                    "journey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="named_revisions", to="journeys.journey"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["journey", "revision"], name="named_revision_once"),
                    models.CheckConstraint(condition=models.Q(name__regex=r"\S"), name="named_revision_has_a_name"),
                    models.CheckConstraint(condition=models.Q(revision__gte=1), name="named_revision_from_the_first"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "journey",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journeys.journey"),
                ),
                (
                    "member",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.member"),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=["member", "journey"], name="visit_once")]},
        ),
    ]
