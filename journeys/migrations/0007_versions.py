import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual

import accounts.ids

#: A version stays as it is. It goes only with its journey, whose row is gone by the time the foreign key takes the versions along.
STAYS = """
CREATE FUNCTION journeys_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM journeys_journey WHERE id = OLD.journey_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'version % of journey % is published: it stays as it is', OLD.number, OLD.journey_id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'version_stays';
END $$;
CREATE TRIGGER version_stays BEFORE UPDATE OR DELETE ON journeys_version FOR EACH ROW EXECUTE FUNCTION journeys_version_stays();
ALTER TABLE journeys_version ADD CONSTRAINT version_of_journey
    FOREIGN KEY (journey_id) REFERENCES journeys_journey (id) ON DELETE CASCADE;
"""
GOES = """
ALTER TABLE journeys_version DROP CONSTRAINT version_of_journey;
DROP TRIGGER version_stays ON journeys_version;
DROP FUNCTION journeys_version_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("journeys", "0006_history")]

    operations = [
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.UUIDField(default=accounts.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("revision", models.PositiveIntegerField()),
                ("note", models.TextField(blank=True, default="", max_length=2000)),
                ("document", models.JSONField()),
                ("names", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.member"),
                ),
                (
                    "journey",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="versions",
                        to="journeys.journey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["journey", "number"], name="version_number_once"),
                    models.CheckConstraint(condition=models.Q(("number__gt", 0)), name="version_number_from_one"),
                    models.CheckConstraint(condition=LessThanOrEqual(Length("note"), 2000), name="version_note_length"),
                ]
            },
        ),
        migrations.RunSQL(STAYS, GOES),
        migrations.AddField(model_name="journey", name="review_on", field=models.DateField(blank=True, null=True)),
        migrations.AddField(model_name="journey", name="review_told_for", field=models.DateField(null=True)),
        migrations.AddField(model_name="journey", name="review_claimed_at", field=models.DateTimeField(null=True)),
        migrations.AlterField(
            model_name="journey",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.member",
            ),
        ),
        migrations.AddIndex(
            model_name="journey",
            index=models.Index(
                condition=models.Q(("review_on__isnull", False)), fields=["review_on", "id"], name="journey_review"
            ),
        ),
    ]
