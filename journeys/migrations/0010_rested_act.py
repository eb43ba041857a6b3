import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_notice"), ("journeys", "0009_act_id")]

    operations = [
        migrations.RemoveIndex("change", "change_given_up_by"),
        migrations.RemoveField("change", "given_up_by"),
        migrations.CreateModel(
            name="RestedAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("act_id", models.UUIDField()),
                ("act_print", models.BigIntegerField()),
                ("answered", models.JSONField()),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.member")),
                (
                    "journey",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="journeys.journey"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="rested_act_old")],
                "constraints": [models.UniqueConstraint(fields=("journey", "act_id"), name="rested_act_once")],
            },
        ),
    ]
