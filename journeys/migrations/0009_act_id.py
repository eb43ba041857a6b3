from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0008_talk")]

    operations = [
        migrations.AddField("change", "act_id", models.UUIDField(null=True)),
        migrations.AddField("change", "act_print", models.BigIntegerField(null=True)),
        migrations.AddField("change", "answered", models.JSONField(null=True)),
        migrations.AddField("change", "given_up_by", models.UUIDField(null=True)),
        migrations.AddIndex(
            "change",
            models.Index(
                fields=["journey", "given_up_by"], condition=models.Q(given_up_by__isnull=False), name="change_given_up_by"
            ),
        ),
        migrations.AddConstraint(
            "change",
            models.UniqueConstraint(
                fields=["journey", "act_id"], condition=models.Q(act_id__isnull=False), name="change_act_once"
            ),
        ),
    ]
