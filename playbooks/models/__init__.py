from playbooks.models.playbook import Playbook

__all__ = ["Playbook"]
