from django.db import migrations

#: Facts of a thread bear the names that the thread has in the API: `kind`, where they said `about`.
TELL = """
CREATE OR REPLACE FUNCTION journeys_tell_threads() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    thread journeys_thread := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    told text := CASE
        WHEN TG_OP = 'INSERT' THEN 'thread.made' WHEN TG_OP = 'DELETE' THEN 'thread.deleted'
        WHEN thread.resolved_at IS NULL THEN 'thread.reopened' ELSE 'thread.resolved' END;
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    SELECT segment.workspace_id, told, thread.id,
        jsonb_build_object('journey', thread.journey_id, '{new}', thread.element_kind, 'element', thread.element_id)
    FROM journeys_journey AS journey JOIN journeys_segment AS segment ON segment.id = journey.segment_id
    WHERE journey.id = thread.journey_id;
    RETURN NULL;
END $$;
UPDATE accounts_fact SET body = body - '{old}' || jsonb_build_object('{new}', body -> '{old}')
WHERE type LIKE 'thread.%' AND body ? '{old}';
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_facts"), ("journeys", "0012_external_ids")]

    operations = [
        migrations.RunSQL(
            TELL.replace("{old}", "about").replace("{new}", "kind"), TELL.replace("{old}", "kind").replace("{new}", "about")
        )
    ]
