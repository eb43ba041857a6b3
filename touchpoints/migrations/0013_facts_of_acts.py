from django.db import migrations

#: What a resource of the API shows and planning does not write. Where the state is another one, that is told, and not what goes with
#: it. Planning changes the others, by the thousand, and tells of them with the enrolment: docs/decisions/045.
SCHEDULED = """
CREATE FUNCTION touchpoints_say_scheduled(one touchpoints_scheduledtouchpoint) RETURNS jsonb STABLE LANGUAGE sql AS $$
    SELECT jsonb_build_object('customer', one.customer_id, 'enrolment', one.enrolment_id, 'journey', (
        SELECT journey_id FROM customers_enrolment WHERE id = one.enrolment_id), 'touchpoint', one.spot, 'state', one.state)
$$;
CREATE OR REPLACE FUNCTION touchpoints_tell_scheduled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> NEW.state THEN
        INSERT INTO accounts_fact (workspace_id, type, subject, body)
        VALUES (NEW.workspace_id, 'scheduled_touchpoint.' || CASE NEW.state WHEN 'planned' THEN 'reopened' ELSE NEW.state END,
            NEW.id, touchpoints_say_scheduled(NEW));
    ELSE
        INSERT INTO accounts_fact (workspace_id, type, subject, body)
        VALUES (NEW.workspace_id, 'scheduled_touchpoint.changed', NEW.id, touchpoints_say_scheduled(NEW) || jsonb_build_object(
            'changed', array_remove(ARRAY[
                CASE WHEN OLD.felt IS DISTINCT FROM NEW.felt THEN 'felt' END,
                CASE WHEN OLD.outcome <> NEW.outcome THEN 'outcome' END,
                CASE WHEN OLD.settled_by_id IS DISTINCT FROM NEW.settled_by_id THEN 'settled_by' END,
                CASE WHEN OLD.settled_on IS DISTINCT FROM NEW.settled_on THEN 'settled_on' END,
                CASE WHEN OLD.snoozed_until IS DISTINCT FROM NEW.snoozed_until THEN 'snoozed_until' END,
                CASE WHEN OLD.started_at IS DISTINCT FROM NEW.started_at THEN 'started_at' END], NULL)));
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER facts_changed ON touchpoints_scheduledtouchpoint;
CREATE TRIGGER facts_changed AFTER UPDATE ON touchpoints_scheduledtouchpoint FOR EACH ROW
    WHEN ((OLD.state, OLD.felt, OLD.outcome, OLD.settled_by_id, OLD.settled_on, OLD.snoozed_until, OLD.started_at)
        IS DISTINCT FROM
        (NEW.state, NEW.felt, NEW.outcome, NEW.settled_by_id, NEW.settled_on, NEW.snoozed_until, NEW.started_at))
    EXECUTE FUNCTION touchpoints_tell_scheduled();
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION touchpoints_tell_scheduled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    VALUES (NEW.workspace_id, 'scheduled_touchpoint.' || CASE NEW.state WHEN 'planned' THEN 'reopened' ELSE NEW.state END, NEW.id,
        jsonb_build_object('customer', NEW.customer_id, 'enrolment', NEW.enrolment_id, 'journey', (
            SELECT journey_id FROM customers_enrolment WHERE id = NEW.enrolment_id), 'spot', NEW.spot, 'state', NEW.state));
    RETURN NULL;
END $$;
DROP TRIGGER facts_changed ON touchpoints_scheduledtouchpoint;
CREATE TRIGGER facts_changed AFTER UPDATE ON touchpoints_scheduledtouchpoint FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION touchpoints_tell_scheduled();
DROP FUNCTION touchpoints_say_scheduled(touchpoints_scheduledtouchpoint);
"""

#: What people arrange about one is told of that one. Planning, which puts it into the row, is told of with the enrolment.
ARRANGED = """
CREATE FUNCTION touchpoints_tell_arrangements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    SELECT one.workspace_id, 'scheduled_touchpoint.changed', one.id, touchpoints_say_scheduled(one) || jsonb_build_object(
        'changed', array_remove(ARRAY[
            CASE WHEN OLD.due_on IS DISTINCT FROM NEW.due_on THEN 'due_on' END,
            CASE WHEN OLD.member_id IS DISTINCT FROM NEW.member_id THEN 'member' END], NULL))
    FROM touchpoints_scheduledtouchpoint AS one
    WHERE one.enrolment_id = NEW.enrolment_id AND one.cycle = NEW.cycle AND one.spot = NEW.spot
        AND one.occurrence = NEW.occurrence;
    RETURN NULL;
END $$;
CREATE TRIGGER facts_made AFTER INSERT ON touchpoints_arrangement FOR EACH ROW
    WHEN (NEW.due_on IS NOT NULL OR NEW.member_id IS NOT NULL) EXECUTE FUNCTION touchpoints_tell_arrangements();
CREATE TRIGGER facts_changed AFTER UPDATE ON touchpoints_arrangement FOR EACH ROW
    WHEN ((OLD.due_on, OLD.member_id) IS DISTINCT FROM (NEW.due_on, NEW.member_id))
    EXECUTE FUNCTION touchpoints_tell_arrangements();
"""
NOT_ARRANGED = """
DROP TRIGGER facts_made ON touchpoints_arrangement;
DROP TRIGGER facts_changed ON touchpoints_arrangement;
DROP FUNCTION touchpoints_tell_arrangements();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_facts"), ("touchpoints", "0012_what_became_of_all")]

    operations = [
        migrations.RunSQL(SCHEDULED, AS_BEFORE),
        migrations.RunSQL(ARRANGED, NOT_ARRANGED),
    ]
