from django.db import migrations, models

MOVE = "UPDATE accounts_keptanswer SET headers = jsonb_build_object('Location', location) WHERE location <> ''"
BACK = "UPDATE accounts_keptanswer SET location = coalesce(headers ->> 'Location', '')"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_asked_for"),
    ]

    operations = [
        migrations.AddField(
            model_name="keptanswer",
            name="headers",
            field=models.JSONField(db_default=models.Value({}, output_field=models.JSONField()), default=dict),
        ),
        migrations.RunSQL(MOVE, BACK),
        migrations.RemoveField(model_name="keptanswer", name="location"),
    ]
