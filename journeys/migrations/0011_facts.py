from django.db import migrations

SEGMENTS = """
CREATE FUNCTION journeys_tell_segments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO accounts_fact (workspace_id, type, subject) VALUES (NEW.workspace_id, 'segment.made', NEW.id);
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO accounts_fact (workspace_id, type, subject) VALUES (NEW.workspace_id, 'segment.changed', NEW.id);
    ELSE
        INSERT INTO accounts_fact (workspace_id, type, subject) VALUES (OLD.workspace_id, 'segment.deleted', OLD.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER facts_told AFTER INSERT OR DELETE ON journeys_segment FOR EACH ROW EXECUTE FUNCTION journeys_tell_segments();
CREATE TRIGGER facts_changed AFTER UPDATE ON journeys_segment FOR EACH ROW
    WHEN ((OLD.name, OLD.description, OLD.expected_customers) IS DISTINCT FROM (NEW.name, NEW.description, NEW.expected_customers))
    EXECUTE FUNCTION journeys_tell_segments();
"""
NO_SEGMENTS = """
DROP TRIGGER facts_told ON journeys_segment;
DROP TRIGGER facts_changed ON journeys_segment;
DROP FUNCTION journeys_tell_segments();
"""

#: Each act on a map is one row in its log, and so one fact: whatever else the act writes tells nothing. Row by row, for a table of
#: what a statement has added would hold all its patches once more.
JOURNEYS = """
CREATE FUNCTION journeys_tell_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    SELECT segment.workspace_id, CASE NEW.revision WHEN 1 THEN 'journey.made' ELSE 'journey.changed' END, NEW.journey_id,
        jsonb_build_object('revision', NEW.revision, 'by', NEW.by_id)
    FROM journeys_journey AS journey JOIN journeys_segment AS segment ON segment.id = journey.segment_id
    WHERE journey.id = NEW.journey_id;
    RETURN NULL;
END $$;
CREATE TRIGGER facts_told AFTER INSERT ON journeys_change FOR EACH ROW EXECUTE FUNCTION journeys_tell_changes();
CREATE FUNCTION journeys_tell_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    SELECT segment.workspace_id, 'journey.published', NEW.journey_id,
        jsonb_build_object('revision', NEW.revision, 'version', NEW.id, 'number', NEW.number, 'by', NEW.by_id)
    FROM journeys_journey AS journey JOIN journeys_segment AS segment ON segment.id = journey.segment_id
    WHERE journey.id = NEW.journey_id;
    RETURN NULL;
END $$;
CREATE TRIGGER facts_told AFTER INSERT ON journeys_version FOR EACH ROW EXECUTE FUNCTION journeys_tell_versions();
CREATE FUNCTION journeys_tell_journeys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    SELECT workspace_id, 'journey.deleted', OLD.id, jsonb_build_object('segment', id)
    FROM journeys_segment WHERE id = OLD.segment_id;
    RETURN NULL;
END $$;
CREATE TRIGGER facts_told AFTER DELETE ON journeys_journey FOR EACH ROW EXECUTE FUNCTION journeys_tell_journeys();
"""
NO_JOURNEYS = """
DROP TRIGGER facts_told ON journeys_change;
DROP TRIGGER facts_told ON journeys_version;
DROP TRIGGER facts_told ON journeys_journey;
DROP FUNCTION journeys_tell_changes();
DROP FUNCTION journeys_tell_versions();
DROP FUNCTION journeys_tell_journeys();
"""

#: A thread that is answered is told by the comment.
TALK = """
CREATE FUNCTION journeys_tell_threads() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    thread journeys_thread := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    told text := CASE
        WHEN TG_OP = 'INSERT' THEN 'thread.made' WHEN TG_OP = 'DELETE' THEN 'thread.deleted'
        WHEN thread.resolved_at IS NULL THEN 'thread.reopened' ELSE 'thread.resolved' END;
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    SELECT segment.workspace_id, told, thread.id,
        jsonb_build_object('journey', thread.journey_id, 'about', thread.element_kind, 'element', thread.element_id)
    FROM journeys_journey AS journey JOIN journeys_segment AS segment ON segment.id = journey.segment_id
    WHERE journey.id = thread.journey_id;
    RETURN NULL;
END $$;
CREATE TRIGGER facts_told AFTER INSERT OR DELETE ON journeys_thread FOR EACH ROW EXECUTE FUNCTION journeys_tell_threads();
CREATE TRIGGER facts_changed AFTER UPDATE ON journeys_thread FOR EACH ROW
    WHEN ((OLD.resolved_at IS NULL) <> (NEW.resolved_at IS NULL)) EXECUTE FUNCTION journeys_tell_threads();
CREATE FUNCTION journeys_tell_comments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    comment journeys_comment := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    told text := CASE
        WHEN TG_OP = 'INSERT' THEN 'comment.made' WHEN TG_OP = 'DELETE' OR comment.deleted_at IS NOT NULL THEN 'comment.deleted'
        ELSE 'comment.changed' END;
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    SELECT segment.workspace_id, told, comment.id,
        jsonb_build_object('journey', journey.id, 'thread', thread.id, 'by', comment.by_id)
    FROM journeys_thread AS thread JOIN journeys_journey AS journey ON journey.id = thread.journey_id
    JOIN journeys_segment AS segment ON segment.id = journey.segment_id
    WHERE thread.id = comment.thread_id;
    RETURN NULL;
END $$;
CREATE TRIGGER facts_made AFTER INSERT ON journeys_comment FOR EACH ROW EXECUTE FUNCTION journeys_tell_comments();
CREATE TRIGGER facts_changed AFTER UPDATE ON journeys_comment FOR EACH ROW
    WHEN (OLD.text <> NEW.text OR (OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) EXECUTE FUNCTION journeys_tell_comments();
CREATE TRIGGER facts_deleted AFTER DELETE ON journeys_comment FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL) EXECUTE FUNCTION journeys_tell_comments();
"""
NO_TALK = """
DROP TRIGGER facts_told ON journeys_thread;
DROP TRIGGER facts_changed ON journeys_thread;
DROP TRIGGER facts_made ON journeys_comment;
DROP TRIGGER facts_changed ON journeys_comment;
DROP TRIGGER facts_deleted ON journeys_comment;
DROP FUNCTION journeys_tell_threads();
DROP FUNCTION journeys_tell_comments();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_facts"), ("journeys", "0010_rested_act")]

    operations = [
        migrations.RunSQL(SEGMENTS, NO_SEGMENTS),
        migrations.RunSQL(JOURNEYS, NO_JOURNEYS),
        migrations.RunSQL(TALK, NO_TALK),
    ]
