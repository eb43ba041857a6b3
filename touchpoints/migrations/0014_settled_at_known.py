from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the rows are looked through without keeping anybody from writing
    dependencies = [("touchpoints", "0013_facts_of_acts")]

    operations = [
        AddConstraintNotValid(
            model_name="scheduledtouchpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "planned"), ("settled_at__isnull", False), _connector="OR"),
                name="scheduled_settled_at_known",
            ),
        ),
        ValidateConstraint(model_name="scheduledtouchpoint", name="scheduled_settled_at_known"),
    ]
