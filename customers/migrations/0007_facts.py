from django.db import migrations

#: A statement at a time, for customers come in and are changed by the thousand. What the database counts (`travels`) tells nothing.
#: A function is planned once for a connection, with as few rows as its first statement may have had: a nested loop that is good for
#: two customers takes seconds for 5,000.
CUSTOMERS = """
CREATE FUNCTION customers_tell_customers() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO accounts_fact (workspace_id, type, subject, body)
        SELECT workspace_id, 'customer.made', id,
            jsonb_build_object('external_id', external_id, 'segment', segment_id, 'owner', owner_id)
        FROM now_there;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO accounts_fact (workspace_id, type, subject, body)
        SELECT workspace_id, 'customer.deleted', id,
            jsonb_build_object('external_id', external_id, 'segment', segment_id, 'owner', owner_id)
        FROM was_there;
    ELSE
        INSERT INTO accounts_fact (workspace_id, type, subject, body)
        SELECT a.workspace_id, 'customer.changed', id, jsonb_build_object(
            'external_id', a.external_id, 'segment', a.segment_id, 'owner', a.owner_id, 'changed', array_remove(ARRAY[
                CASE WHEN a.external_id <> b.external_id THEN 'external_id' END,
                CASE WHEN a.health IS DISTINCT FROM b.health THEN 'health' END,
                CASE WHEN a.name <> b.name THEN 'name' END,
                CASE WHEN a.notes <> b.notes THEN 'notes' END,
                CASE WHEN a.owner_id IS DISTINCT FROM b.owner_id THEN 'owner' END,
                CASE WHEN a.renewal_on IS DISTINCT FROM b.renewal_on THEN 'renewal_on' END,
                CASE WHEN a.segment_id <> b.segment_id THEN 'segment' END,
                CASE WHEN a.value IS DISTINCT FROM b.value THEN 'value' END], NULL))
        FROM now_there AS a JOIN was_there AS b USING (id)
        WHERE (a.external_id, a.health, a.name, a.notes, a.owner_id, a.renewal_on, a.segment_id, a.value, a.changed_at)
            IS DISTINCT FROM
            (b.external_id, b.health, b.name, b.notes, b.owner_id, b.renewal_on, b.segment_id, b.value, b.changed_at);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER facts_made AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS now_there FOR EACH STATEMENT EXECUTE FUNCTION customers_tell_customers();
CREATE TRIGGER facts_deleted AFTER DELETE ON customers_customer
    REFERENCING OLD TABLE AS was_there FOR EACH STATEMENT EXECUTE FUNCTION customers_tell_customers();
CREATE TRIGGER facts_changed AFTER UPDATE ON customers_customer
    REFERENCING OLD TABLE AS was_there NEW TABLE AS now_there FOR EACH STATEMENT EXECUTE FUNCTION customers_tell_customers();
CREATE FUNCTION customers_tell_assignments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    SELECT customer.workspace_id, 'customer.assigned', customer.id,
        jsonb_build_object('role', there.role_id, 'member', there.member_id, 'from_on', there.from_on)
    FROM there JOIN customers_customer AS customer ON customer.id = there.customer_id;
    RETURN NULL;
END $$;
CREATE FUNCTION customers_tell_reassignments() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off AS $$
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    SELECT customer.workspace_id, 'customer.assigned', customer.id,
        jsonb_build_object('role', a.role_id, 'member', a.member_id, 'from_on', a.from_on)
    FROM now_there AS a JOIN was_there AS b USING (id) JOIN customers_customer AS customer ON customer.id = a.customer_id
    WHERE (a.role_id, a.member_id, a.from_on) IS DISTINCT FROM (b.role_id, b.member_id, b.from_on);
    RETURN NULL;
END $$;
CREATE FUNCTION customers_tell_unassignments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    SELECT customer.workspace_id, 'customer.assigned', customer.id,
        jsonb_build_object('role', there.role_id, 'member', NULL, 'from_on', there.from_on)
    FROM there JOIN customers_customer AS customer ON customer.id = there.customer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER facts_made AFTER INSERT ON customers_assignment
    REFERENCING NEW TABLE AS there FOR EACH STATEMENT EXECUTE FUNCTION customers_tell_assignments();
CREATE TRIGGER facts_changed AFTER UPDATE ON customers_assignment
    REFERENCING OLD TABLE AS was_there NEW TABLE AS now_there FOR EACH STATEMENT EXECUTE FUNCTION customers_tell_reassignments();
CREATE TRIGGER facts_deleted AFTER DELETE ON customers_assignment
    REFERENCING OLD TABLE AS there FOR EACH STATEMENT EXECUTE FUNCTION customers_tell_unassignments();
"""
NO_CUSTOMERS = """
DROP TRIGGER facts_made ON customers_customer;
DROP TRIGGER facts_changed ON customers_customer;
DROP TRIGGER facts_deleted ON customers_customer;
DROP TRIGGER facts_made ON customers_assignment;
DROP TRIGGER facts_changed ON customers_assignment;
DROP TRIGGER facts_deleted ON customers_assignment;
DROP FUNCTION customers_tell_customers();
DROP FUNCTION customers_tell_assignments();
DROP FUNCTION customers_tell_reassignments();
DROP FUNCTION customers_tell_unassignments();
"""

#: They begin by the hundred. Planning updates each as often as it plans, and tells by itself what came of it: what the plan was made
#: from is passed over here, a row at a time and before any function is called.
ENROLMENTS = """
CREATE FUNCTION customers_tell_begun_enrolments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    SELECT workspace_id, 'enrolment.started', id, jsonb_build_object(
        'customer', customer_id, 'journey', journey_id, 'version', version_id, 'stage', stage_id, 'cycle', cycle)
    FROM there;
    RETURN NULL;
END $$;
CREATE FUNCTION customers_tell_enrolments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    enrolment customers_enrolment := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    told text := CASE
        WHEN TG_OP = 'DELETE' THEN 'enrolment.deleted'
        WHEN OLD.left_on IS NULL AND NEW.left_on IS NOT NULL THEN 'enrolment.ended'
        WHEN OLD.left_on IS NOT NULL AND NEW.left_on IS NULL THEN 'enrolment.resumed'
        ELSE 'enrolment.changed' END;
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    VALUES (enrolment.workspace_id, told, enrolment.id, jsonb_build_object(
        'customer', enrolment.customer_id, 'journey', enrolment.journey_id, 'version', enrolment.version_id,
        'stage', enrolment.stage_id, 'cycle', enrolment.cycle));
    RETURN NULL;
END $$;
CREATE TRIGGER facts_made AFTER INSERT ON customers_enrolment
    REFERENCING NEW TABLE AS there FOR EACH STATEMENT EXECUTE FUNCTION customers_tell_begun_enrolments();
CREATE TRIGGER facts_deleted AFTER DELETE ON customers_enrolment FOR EACH ROW EXECUTE FUNCTION customers_tell_enrolments();
CREATE TRIGGER facts_changed AFTER UPDATE ON customers_enrolment FOR EACH ROW
    WHEN ((OLD.version_id, OLD.started_on, OLD.stage_id, OLD.entered, OLD.cycle, OLD.cycle_started_on, OLD.cycle_stage_id,
        OLD.left_on, OLD.left_because) IS DISTINCT FROM (NEW.version_id, NEW.started_on, NEW.stage_id, NEW.entered, NEW.cycle,
        NEW.cycle_started_on, NEW.cycle_stage_id, NEW.left_on, NEW.left_because))
    EXECUTE FUNCTION customers_tell_enrolments();
"""
NO_ENROLMENTS = """
DROP TRIGGER facts_made ON customers_enrolment;
DROP TRIGGER facts_changed ON customers_enrolment;
DROP TRIGGER facts_deleted ON customers_enrolment;
DROP FUNCTION customers_tell_begun_enrolments();
DROP FUNCTION customers_tell_enrolments();
"""

REQUESTS = """
CREATE FUNCTION customers_tell_requests() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    request customers_request := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    told text := CASE
        WHEN TG_OP = 'INSERT' THEN 'request.made' WHEN TG_OP = 'DELETE' THEN 'request.deleted'
        WHEN OLD.state <> 'done' AND NEW.state = 'done' THEN 'request.done'
        WHEN OLD.state = 'done' AND NEW.state <> 'done' THEN 'request.reopened'
        ELSE 'request.changed' END;
BEGIN
    INSERT INTO accounts_fact (workspace_id, type, subject, body)
    VALUES (request.workspace_id, told, request.id, jsonb_build_object(
        'customer', request.customer_id, 'state', request.state, 'role', request.role_id, 'holder', request.holder_id));
    RETURN NULL;
END $$;
CREATE TRIGGER facts_told AFTER INSERT OR DELETE ON customers_request FOR EACH ROW EXECUTE FUNCTION customers_tell_requests();
CREATE TRIGGER facts_changed AFTER UPDATE ON customers_request FOR EACH ROW
    WHEN ((OLD.text, OLD.state, OLD.role_id, OLD.holder_id, OLD.done_on, OLD.outcome)
        IS DISTINCT FROM (NEW.text, NEW.state, NEW.role_id, NEW.holder_id, NEW.done_on, NEW.outcome))
    EXECUTE FUNCTION customers_tell_requests();
"""
NO_REQUESTS = """
DROP TRIGGER facts_told ON customers_request;
DROP TRIGGER facts_changed ON customers_request;
DROP FUNCTION customers_tell_requests();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_facts"), ("customers", "0006_request")]

    operations = [
        migrations.RunSQL(CUSTOMERS, NO_CUSTOMERS),
        migrations.RunSQL(ENROLMENTS, NO_ENROLMENTS),
        migrations.RunSQL(REQUESTS, NO_REQUESTS),
    ]
