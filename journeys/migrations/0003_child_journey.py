import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journeys", "0002_sheetimport")]

    operations = [
        migrations.AddField(
            model_name="touchpoint",
            name="child",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parents",
                to="journeys.journey",
            ),
        ),
    ]
