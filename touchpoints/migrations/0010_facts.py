from django.db import migrations

#: Planning copies, moves and deletes them by the million, and tells of each enrolment once (touchpoints/planning/reconcile.py). Only
#: what becomes of one is told here, a row at a time: where the state stays no function is called.
SCHEDULED = """
CREATE FUNCTION touchpoints_tell_scheduled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    VALUES (NEW.workspace_id, 'scheduled_touchpoint.' || CASE NEW.state WHEN 'planned' THEN 'reopened' ELSE NEW.state END, NEW.id,
        jsonb_build_object('customer', NEW.customer_id, 'enrolment', NEW.enrolment_id, 'journey', (
            SELECT journey_id FROM customers_enrolment WHERE id = NEW.enrolment_id), 'spot', NEW.spot, 'state', NEW.state));
    RETURN NULL;
END $$;
CREATE TRIGGER facts_changed AFTER UPDATE ON touchpoints_scheduledtouchpoint FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION touchpoints_tell_scheduled();
"""
NOT_SCHEDULED = """
DROP TRIGGER facts_changed ON touchpoints_scheduledtouchpoint;
DROP FUNCTION touchpoints_tell_scheduled();
"""

PASSAGES = """
CREATE FUNCTION touchpoints_tell_passages() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    passage touchpoints_passage := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    told text := CASE
        WHEN TG_OP = 'INSERT' THEN 'handoff.reached' WHEN TG_OP = 'DELETE' THEN 'handoff.deleted'
        WHEN OLD.state = NEW.state THEN 'handoff.changed'
        WHEN NEW.state = 'preparing' THEN 'handoff.withdrawn' WHEN NEW.state = 'more_asked' THEN 'handoff.returned'
        ELSE 'handoff.' || NEW.state END;
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    VALUES (passage.workspace_id, told, passage.id, jsonb_build_object(
        'customer', passage.customer_id, 'enrolment', passage.enrolment_id, 'handoff', passage.handoff_id, 'state', passage.state,
        'giver', passage.giver_id, 'receiver', passage.receiver_id));
    RETURN NULL;
END $$;
CREATE TRIGGER facts_told AFTER INSERT OR DELETE ON touchpoints_passage FOR EACH ROW EXECUTE FUNCTION touchpoints_tell_passages();
CREATE TRIGGER facts_changed AFTER UPDATE ON touchpoints_passage FOR EACH ROW
    WHEN ((OLD.state, OLD.items, OLD.giver_id, OLD.receiver_id, OLD.answer_by, OLD.offered_on, OLD.accepted_at)
        IS DISTINCT FROM (NEW.state, NEW.items, NEW.giver_id, NEW.receiver_id, NEW.answer_by, NEW.offered_on, NEW.accepted_at))
    EXECUTE FUNCTION touchpoints_tell_passages();
"""
NO_PASSAGES = """
DROP TRIGGER facts_told ON touchpoints_passage;
DROP TRIGGER facts_changed ON touchpoints_passage;
DROP FUNCTION touchpoints_tell_passages();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_facts"), ("touchpoints", "0009_calendar_feed"), ("customers", "0007_facts")]

    operations = [
        migrations.RunSQL(SCHEDULED, NOT_SCHEDULED),
        migrations.RunSQL(PASSAGES, NO_PASSAGES),
    ]
