from playbooks.models.playbook import Playbook
from playbooks.models.playbook_version import PlaybookVersion

__all__ = ["Playbook", "PlaybookVersion"]
