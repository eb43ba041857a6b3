from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models, transaction
from django.db.models.functions import Coalesce, JSONObject

from accounts.ids import new_id
from accounts.models import Member
from journeys.document import KEYS
from journeys.live.telling import tell
from journeys.models.comment import Comment
from journeys.models.element import ActRefused, IdTaken

if TYPE_CHECKING:
    from journeys.models.journey import Journey

#: what one can talk about, besides the map as a whole
KINDS = ("stage", "lane", "touchpoint", "emotion", "connector", "handoff")

WORDS = {"touchpoint": "card", "emotion": "feeling", "connector": "arrow"}


def path_of(kind: str, id: UUID | str | None) -> str:
    """How pages call an element: "touchpoints/<id>/"; "" for the map as a whole."""
    return f"{KEYS[kind]}/{id}/" if kind else ""


class ThreadQuerySet(models.QuerySet["Thread"]):
    def of(self, journey: Journey) -> ThreadQuerySet:
        return self.filter(journey=journey)

    def about(self, kind: str, id: UUID | None) -> ThreadQuerySet:
        return self.filter(element_kind=kind, element_id=id)

    def open(self) -> ThreadQuerySet:
        return self.filter(resolved_at=None)

    def resolved(self) -> ThreadQuerySet:
        return self.filter(resolved_at__isnull=False)

    def of_whom(self, member: Member) -> ThreadQuerySet:
        """Those a member takes part in: by a word of theirs, or by one that mentions them."""
        theirs = Comment.objects.said().filter(thread=models.OuterRef("pk"))
        mentions = Comment.mentions.through.objects.filter(comment__thread=models.OuterRef("pk"), member=member)
        return self.filter(models.Exists(theirs.filter(by=member)) | models.Exists(mentions))

    def latest_first(self) -> ThreadQuerySet:
        return self.order_by("-last_at", "-id")

    def with_people(self) -> ThreadQuerySet:
        return self.select_related("begun_by__user", "resolved_by__user")

    def with_numbers(self) -> ThreadQuerySet:
        """Each with `comment_count`."""
        return self.annotate(comment_count=models.Count("comments"))

    def whole(self, most: int) -> ThreadQuerySet:
        """Each with `comment_count` and, up to so many, its `last_comments` as plain data, the newest first."""
        of_it = Comment.objects.filter(thread=models.OuterRef("pk"))
        count = of_it.order_by().values("thread").annotate(n=models.Count("pk")).values("n")
        names = ("id", "text", "at", "edited_at", "deleted_at")
        plain = JSONObject(by="by_id", **{name: name for name in names})
        last = of_it.order_by("-at", "-id").values(plain=plain)[:most]
        return self.annotate(comment_count=Coalesce(models.Subquery(count), 0), last_comments=ArraySubquery(last))

    def name_of(self, about: tuple[str, UUID]) -> str:
        """What an element that is gone was called, if there has been a thread about it; "" if not."""
        return self.about(*about).latest_first().values_list("called", flat=True).first() or ""

    def open_by_element(self, journey: Journey) -> dict[str, int]:
        """How many are open about what, by the path of the element."""
        rows = self.of(journey).open().values_list("element_kind", "element_id")
        return dict(Counter(path_of(kind, id) for kind, id in rows))


class ThreadManager(models.Manager.from_queryset(ThreadQuerySet)):  # type: ignore[misc]
    def begin(
        self,
        journey: Journey,
        about: tuple[str, UUID] | None,
        called: str,
        text: str,
        *,
        by: Member,
        at: datetime,
        id: Any = None,
        comment_id: Any = None,
    ) -> Thread:
        """A new thread about an element (kind, id), which is called so now, or about the map as a whole. A retried one is the
        same thread. Raises ActRefused."""
        kind, element = about or ("", None)
        what = {"journey": journey, "element_kind": kind, "element_id": element, "called": called[:200]}
        with transaction.atomic():
            thread, made = self.get_or_create(pk=id or new_id(), defaults={**what, "begun_by": by, "begun_at": at, "last_at": at})
            if (thread.journey_id, thread.element_id, thread.begun_by_id) != (journey.pk, element, by.pk):
                raise IdTaken
            thread.journey = journey
            if not made:
                thread.hold()
            Comment.write(thread, text, by=by, at=at, id=comment_id)
            thread.tell()
        return thread


class Thread(models.Model):
    """A talk about one element of a map, or about the whole of it.

    It names its element by kind and id without a foreign key, and is no part of the change log: comments are not drawn. So they
    outlive the element, undo does not touch them, and where an element is brought back its comments are there again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="threads")
    element_kind = models.CharField(max_length=12, blank=True, default="")
    element_id = models.UUIDField(null=True, blank=True)
    #: what the element was called when the thread began
    called = models.CharField(max_length=200, blank=True, default="")
    begun_by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    last_at = models.DateTimeField()
    resolved_by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    objects = ThreadManager()
    #: where `with_numbers` was asked for
    comment_count: int

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(element_kind="", element_id=None) | models.Q(element_kind__in=KINDS, element_id__isnull=False),
                name="thread_about_an_element_or_the_map",
            ),
            models.CheckConstraint(
                condition=models.Q(resolved_at=None, resolved_by=None)
                | models.Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="thread_resolved_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["journey", "element_kind", "element_id"], name="thread_of_element"),
            models.Index(fields=["journey", "-last_at", "-id"], name="thread_latest"),
        ]

    def __str__(self) -> str:
        return self.called or "the whole map"

    @property
    def path(self) -> str:
        return path_of(self.element_kind, self.element_id)

    @property
    def id_text(self) -> str:
        return str(self.pk)

    @property
    def about(self) -> list[tuple[str, UUID]]:
        """Its element as (kind, id), or nothing where it is about the map as a whole."""
        return [(self.element_kind, self.element_id)] if self.element_id else []

    @property
    def kind_word(self) -> str:
        """What people call things of its kind."""
        return WORDS.get(self.element_kind, self.element_kind)

    def hold(self) -> None:
        """Lock it until the transaction ends. Raises ActRefused if it is gone."""
        if not Thread.objects.select_for_update().filter(pk=self.pk).exists():
            raise ActRefused("This thread has been deleted. Your text is still here: begin a new one.", "text")

    def reply(self, text: str, *, by: Member, at: datetime, id: Any = None) -> Comment:
        """Say something more. What was resolved is open again by it."""
        with transaction.atomic():
            self.hold()
            comment = Comment.write(self, text, by=by, at=at, id=id)
            self.last_at, self.resolved_at, self.resolved_by = at, None, None
            self.save(update_fields=["last_at", "resolved_at", "resolved_by"])
            self.tell()
        return comment

    def resolve(self, *, by: Member, at: datetime) -> None:
        """It is settled. Who resolves what somebody else has resolved changes nothing."""
        with transaction.atomic():
            self.hold()
            Thread.objects.filter(pk=self.pk, resolved_at=None).update(resolved_at=at, resolved_by=by)
            self.tell()

    def reopen(self) -> None:
        with transaction.atomic():
            self.hold()
            Thread.objects.filter(pk=self.pk).update(resolved_at=None, resolved_by=None)
            self.tell()

    def tell(self) -> None:
        """Tell the open pages how many threads are open about this element. Counted when the transaction is through: two that
        began at once see each other then."""
        journey_id, kind, element = self.journey_id, self.element_kind, self.element_id

        def count() -> None:
            number = Thread.objects.filter(journey_id=journey_id).about(kind, element).open().count()
            tell(journey_id, "talk", {"element": path_of(kind, element), "open": number})

        transaction.on_commit(count, robust=True)

    def tell_of_notices(self) -> None:
        tell(self.journey_id, "notice", {})
