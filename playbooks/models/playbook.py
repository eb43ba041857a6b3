from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models, transaction
from django.db.models.functions import Lower

from accounts.ids import new_id
from playbooks.body import (
    Body,
    Item,
    Overtaken,
    blank_body,
    check_body,
    item_of,
    with_changed,
    with_item,
    with_moved,
    with_words,
    without,
)
from playbooks.ready_made import body_of, ready_made

if TYPE_CHECKING:
    from accounts.models import Member, Workspace
    from playbooks.models.playbook_version import PlaybookVersion


class PlaybookQuerySet(models.QuerySet["Playbook"]):
    def visible_to(self, member: Member) -> PlaybookQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def in_order(self) -> PlaybookQuerySet:
        return self.order_by(Lower("title"), "id")

    def matching(self, words: str) -> PlaybookQuerySet:
        words = words.replace("\0", "").strip()  # PostgreSQL refuses the NUL character
        return self.filter(title__icontains=words) if words else self.all()

    def titled(self, title: str) -> PlaybookQuerySet:
        return self.filter(title__iexact=title.replace("\0", "").strip())

    def for_a_list(self) -> PlaybookQuerySet:
        """Without what they say, but with `step_count` (None: 0) and `is_empty`."""
        steps = models.Func(models.F("body__steps"), function="jsonb_array_length", output_field=models.IntegerField())
        empty = models.Q(summary="") & (models.Q(body={}) | models.Q(body=blank_body()))
        is_empty = models.ExpressionWrapper(empty, output_field=models.BooleanField())
        return self.annotate(step_count=steps, is_empty=is_empty).defer("body")

    def with_messages(self, ids: Collection[str]) -> set[UUID]:
        """Of these the ids of those that have a message to send."""
        if not ids:
            return set()
        return set(self.filter(pk__in=ids).exclude(body__messages=[]).exclude(body={}).values_list("pk", flat=True))

    def freeze(self, *, at: datetime) -> dict[UUID, PlaybookVersion]:
        """Of each of these the version that says what it says now, made if there is none."""
        from playbooks.models.playbook_version import PlaybookVersion

        with transaction.atomic():
            return PlaybookVersion.objects.of_now(list(self.select_for_update().order_by("pk")), at=at)

    def draft(self, workspace: Workspace, title: str, *, at: datetime, body: Body | None = None, summary: str = "") -> Playbook:
        """A draft, empty if no body is given. Raises IntegrityError (playbook_title_once) if the title is taken."""
        checked = check_body(body or blank_body())
        return self.create(workspace=workspace, title=title.strip(), summary=summary, body=checked, made_at=at, changed_at=at)

    def drafted(self, member: Member, title: str, *, at: datetime) -> tuple[Playbook, bool]:
        """The one of that title in the member's workspace, and whether it had to be made."""
        if found := self.visible_to(member).titled(title).first():
            return found, False
        return self.draft_by_title(member, title, at=at), True

    def draft_by_title(self, member: Member, title: str, *, at: datetime) -> Playbook:
        """A draft; one of a ready-made title begins with what that says. Raises IntegrityError like `draft`."""
        from accounts.models import Role

        roles = Role.objects.visible_to(member).ids_by_name()
        summary = (ready_made(title) or {}).get("summary", "")
        return self.draft(member.workspace, title, at=at, body=body_of(title, roles), summary=summary)

    def draft_all(
        self,
        workspace_id: UUID,
        titles: Mapping[UUID, str],
        roles: Mapping[str, UUID],
        *,
        at: datetime,
        unless_there: bool = False,
    ) -> None:
        """Drafts by id, those of a ready-made title with what that says. `roles`: by casefolded name.

        `unless_there`: a title that is taken is passed over.
        """
        drafts: list[Any] = []
        for id, title in titles.items():
            told = ready_made(title) or {}
            drafts.append(
                Playbook(
                    id=id, workspace_id=workspace_id, title=title, summary=told.get("summary", ""),
                    body=body_of(title, roles) or blank_body(), made_at=at, changed_at=at,
                )
            )  # fmt: skip
        self.bulk_create(drafts, ignore_conflicts=unless_there)


class Playbook(models.Model):
    """Exactly how to deliver a touchpoint.

    Every act locks the row and changes only its own part, so two people who edit different steps both keep their work.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="playbooks")
    title = models.CharField(max_length=200)
    summary = models.TextField(max_length=4000, blank=True, default="")
    #: see body.py; {} is a blank one
    body = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = PlaybookQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("workspace", Lower("title"), name="playbook_title_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def whole(self) -> Body:
        """All that it says: what a version keeps."""
        return {"title": self.title, "summary": self.summary, **blank_body(), **self.body}

    def describe(self, *, title: str, summary: str, at: datetime) -> None:
        self.say({"title": title, "summary": summary}, at=at)

    def say(self, values: Mapping[str, Any], *, at: datetime, was: Mapping[str, str] | None = None) -> None:
        """Set "title", "summary", "talk_track", "minutes". `was`: what they said when they were read.

        Raises BodyRefused, Overtaken, and IntegrityError (playbook_title_once) if the title is taken.
        """

        def change(held: Playbook) -> None:
            _refuse_overtaken(held.whole, values, was)
            whole = with_words(held.whole, values)
            held.title, held.summary, held.body = whole.pop("title"), whole.pop("summary"), whole

        self._hold(change, at)

    def rewrite(self, values: Mapping[str, Any], *, at: datetime) -> None:
        """Set "title", "summary" and parts of the body, each as a whole: the lists of steps, messages and links, too.

        Raises BodyRefused, and IntegrityError (playbook_title_once) if the title is taken.
        """

        def change(held: Playbook) -> None:
            whole = with_words({**held.whole, **values}, {})
            held.title, held.summary = whole["title"], whole["summary"]
            held.body = check_body({name: whole[name] for name in blank_body()})

        self._hold(change, at)

    def add(self, part: str, item: Item, *, at: datetime, before: str | None = None) -> None:
        """A step, message or link; `part` is "steps", "messages" or "links". Raises BodyRefused."""
        self._change(lambda body: with_item(body, part, item, before), at)

    def edit(self, part: str, id: str, values: Item, *, at: datetime, was: Mapping[str, str] | None = None) -> None:
        """Raises BodyRefused, NotThere, Overtaken."""

        def change(body: Body) -> Body:
            _refuse_overtaken(item_of(body, part, id), values, was)
            return with_changed(body, part, id, values)

        self._change(change, at)

    def move(self, part: str, id: str, *, before: str | None, at: datetime) -> None:
        """In front of another; None: to the end. Raises NotThere."""
        self._change(lambda body: with_moved(body, part, id, before), at)

    def take_out(self, part: str, id: str, *, at: datetime) -> Item:
        """What was taken out: `add` brings it back. Raises NotThere."""
        gone: list[Item] = []

        def change(body: Body) -> Body:
            gone.append(item_of(body, part, id))
            return without(body, part, id)

        self._change(change, at)
        return gone[0]

    def freeze(self, *, at: datetime) -> PlaybookVersion:
        """The version that says what the playbook says now, made if there is none."""
        from playbooks.models.playbook_version import PlaybookVersion

        with transaction.atomic():
            held = Playbook.objects.select_for_update().get(pk=self.pk)
            return PlaybookVersion.objects.of(held).saying(held.whole) or PlaybookVersion.objects.next_of(held, at=at)

    def remove(self) -> None:
        """Raises ProtectedError while a card of a map is delivered by it."""
        self.delete()

    def _change(self, change: Callable[[Body], Body], at: datetime) -> None:
        def apply(held: Playbook) -> None:
            held.body = change({**blank_body(), **held.body})

        self._hold(apply, at)

    def _hold(self, change: Callable[[Playbook], None], at: datetime) -> None:
        with transaction.atomic():
            held = Playbook.objects.select_for_update().get(pk=self.pk)
            before = held.whole
            change(held)
            if held.whole != before:
                held.changed_at = at
                held.save(update_fields=["title", "summary", "body", "changed_at"])
        self.title, self.summary, self.body, self.changed_at = held.title, held.summary, held.body, held.changed_at


def _refuse_overtaken(present: Mapping[str, Any], values: Mapping[str, Any], was: Mapping[str, str] | None) -> None:
    """Whoever wrote the same as stands there already, overtakes nobody."""
    for name in values:
        now, new, began = _plain(present[name]), _plain(values[name]), _plain((was or {}).get(name))
        if was is not None and name in was and now not in (new, began):
            raise Overtaken(name, now)


def _plain(value: Any) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
