from django.db import migrations

TOLD = """
CREATE FUNCTION playbooks_tell_playbooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO accounts_fact (workspace_id, type, subject) VALUES (NEW.workspace_id, 'playbook.made', NEW.id);
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO accounts_fact (workspace_id, type, subject) VALUES (NEW.workspace_id, 'playbook.changed', NEW.id);
    ELSE
        INSERT INTO accounts_fact (workspace_id, type, subject) VALUES (OLD.workspace_id, 'playbook.deleted', OLD.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER facts_told AFTER INSERT OR DELETE ON playbooks_playbook FOR EACH ROW EXECUTE FUNCTION playbooks_tell_playbooks();
CREATE TRIGGER facts_changed AFTER UPDATE ON playbooks_playbook FOR EACH ROW
    WHEN ((OLD.title, OLD.summary, OLD.body) IS DISTINCT FROM (NEW.title, NEW.summary, NEW.body))
    EXECUTE FUNCTION playbooks_tell_playbooks();
"""
SILENT = """
DROP TRIGGER facts_told ON playbooks_playbook;
DROP TRIGGER facts_changed ON playbooks_playbook;
DROP FUNCTION playbooks_tell_playbooks();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_facts"), ("playbooks", "0003_body")]

    operations = [migrations.RunSQL(TOLD, SILENT)]
