from django.db import migrations

#: What the log says already takes the names of now.
NAMED = """
UPDATE accounts_fact SET body = body - 'spot' || jsonb_build_object('touchpoint', body -> 'spot')
WHERE type LIKE 'scheduled_touchpoint.%' AND body ? 'spot'
"""
NAMED_BEFORE = """
UPDATE accounts_fact SET body = body - 'touchpoint' || jsonb_build_object('spot', body -> 'touchpoint')
WHERE type LIKE 'scheduled_touchpoint.%' AND body ? 'touchpoint'
"""


class Migration(migrations.Migration):
    # By itself: it takes a while, and nothing else is to be locked so long.
    dependencies = [("touchpoints", "0014_settled_at_known")]

    operations = [migrations.RunSQL(NAMED, NAMED_BEFORE)]
