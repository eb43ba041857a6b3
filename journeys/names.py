"""The roles and playbooks of a workspace by name: how whatever comes from outside speaks of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts.ids import new_id
from accounts.models import Member, Role, Workspace
from journeys.document import Document
from journeys.models import Journey, Segment
from playbooks.models import Playbook

#: casefolded name -> id
Ids = dict[str, str]


def known_names(workspace_id: UUID) -> tuple[Ids, Ids]:
    """The roles and the playbooks that are there."""
    roles, playbooks = names_by_id(workspace_id)
    return {name.casefold(): id for id, name in roles.items()}, {title.casefold(): id for id, title in playbooks.items()}


def names_by_id(workspace_id: UUID) -> tuple[dict[str, str], dict[str, str]]:
    """The names of the roles and the titles of the playbooks, by id: what `portable` asks for."""
    roles = Role.objects.filter(workspace=workspace_id).values_list("pk", "name")
    playbooks = Playbook.objects.filter(workspace=workspace_id).values_list("pk", "title")
    return {str(pk): name for pk, name in roles}, {str(pk): title for pk, title in playbooks}


def names_around(workspace_id: UUID, *documents: Document) -> dict[str, str]:
    """What maps may refer to outside of themselves, by id: roles, playbooks, journeys inside, segments, owners."""
    roles, playbooks = names_by_id(workspace_id)
    inside = {card["child_id"] for document in documents for card in document["touchpoints"].values()} - {None}
    own = [document["journey"] for document in documents]
    segments, owners = ({row.get(name) for row in own} - {None} for name in ("segment_id", "owner_id"))
    found = {**roles, **playbooks}
    if inside:
        found |= {str(pk): title for pk, title in Journey.objects.filter(pk__in=inside).values_list("pk", "title")}
    if len(segments) > 1 or len(owners) > 1:  # else they are no difference
        found |= {str(pk): name for pk, name in Segment.objects.filter(pk__in=segments).values_list("pk", "name")}
        found |= {str(one.pk): str(one) for one in Member.objects.filter(pk__in=owners).select_related("user")}
    return found


def segment_named(workspace: Workspace, name: str, *, at: datetime) -> Segment:
    """The segment of that name; one that is missing is made. Raises IntegrityError where somebody else makes it just now."""
    rows = Segment.objects.filter(workspace=workspace)
    return rows.named(name).first() or rows.make(workspace, name, at=at)


def take_in(workspace_id: UUID, roles: Iterable[str], playbooks: Iterable[str], *, at: datetime) -> tuple[Ids, Ids]:
    """The same, with these among them: missing roles are made, missing playbooks as drafts, ready-made titles with their text."""
    there, books = known_names(workspace_id)
    new = [Role(workspace_id=workspace_id, name=name) for name in roles if name.casefold() not in there]
    drafts = {new_id(): title for title in playbooks if title.casefold() not in books}
    if not new and not drafts:
        return there, books
    # Somebody may be making the same ones just now: then theirs are found when one looks again.
    Role.objects.bulk_create(new, ignore_conflicts=True)
    if drafts:
        there, _ = known_names(workspace_id)  # the steps of the drafts name the roles
        ids = {name: UUID(id) for name, id in there.items()}
        Playbook.objects.draft_all(workspace_id, drafts, ids, at=at, unless_there=True)
    return known_names(workspace_id)
