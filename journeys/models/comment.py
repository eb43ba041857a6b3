from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models, transaction
from django.db.models.functions import Length
from django.urls import reverse

from accounts.ids import new_id
from accounts.models import Member, Notice
from accounts.models.notice import MENTION
from journeys.comment_text import as_words, mentioned
from journeys.models.element import ActRefused, IdTaken

if TYPE_CHECKING:
    from journeys.models.thread import Thread

LONGEST = 4000
#: who is here reads it in the app; a mail goes out to who has not done so by then
MAIL_AFTER = timedelta(minutes=2)

models.TextField.register_lookup(Length)


class NotTheirs(ActRefused):
    """The comment is somebody else's."""


def mention_key(comment_id: UUID) -> str:
    return f"mention:{comment_id}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def said(self) -> CommentQuerySet:
        """Those that have not been taken back."""
        return self.filter(deleted_at=None)

    def in_order(self) -> CommentQuerySet:
        """As they were said. Ids are made by pages, whose clocks differ: the instant counts first."""
        return self.order_by("at", "id")

    def with_people(self) -> CommentQuerySet:
        return self.select_related("by__user").prefetch_related("mentions__user")

    def latest_of_each(self, threads: Iterable[Thread], most: int) -> list[Comment]:
        """The last comments of several threads, `most` of each, in order; `number` counts them from the end of their thread."""
        place = models.Window(
            models.functions.RowNumber(), partition_by="thread_id", order_by=[models.F("at").desc(), models.F("id").desc()]
        )
        rows = self.filter(thread__in=list(threads)).annotate(number=place).filter(number__lte=most)
        return list(rows.with_people().in_order())


class Comment(models.Model):
    """Something somebody said in a thread. Taken back it leaves its place, where others have answered."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    thread = models.ForeignKey("journeys.Thread", on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=LONGEST, blank=True)
    #: the members its text mentions
    mentions = models.ManyToManyField("accounts.Member", related_name="+")
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(deleted_at=None, text__length__gte=1, text__length__lte=LONGEST)
                | models.Q(deleted_at__isnull=False, text=""),
                name="comment_says_something",
            )
        ]
        indexes = [
            models.Index(fields=["thread", "at", "id"], name="comment_of_thread"),
            models.Index(fields=["by", "thread"], name="comment_of_member"),
        ]

    def __str__(self) -> str:
        return self.words[:80]

    @property
    def id_text(self) -> str:
        return str(self.pk)

    @property
    def names(self) -> dict[str, str]:
        """The names of the members it mentions, as they are called now, by id."""
        return {str(member.pk): str(member) for member in self.mentions.all()}

    @property
    def words(self) -> str:
        return as_words(self.text, self.names)

    @classmethod
    def write(cls, thread: Thread, text: str, *, by: Member, at: datetime, id: Any = None) -> Comment:
        """Say something in a thread that is locked. A retried comment is the same one, with the words that came last.

        Raises ActRefused for an id that is somebody else's.
        """
        text = _checked(text)
        comment, made = cls.objects.get_or_create(
            pk=id or new_id(), defaults={"thread": thread, "by": by, "text": text, "at": at}
        )
        if comment.thread_id != thread.pk or comment.by_id != by.pk or comment.deleted_at:
            raise IdTaken
        comment.thread = thread
        if made:
            comment._mention(by=by, at=at)
        else:
            comment._change(text, by=by, at=at)
        return comment

    def edit(self, text: str, *, by: Member, at: datetime) -> None:
        """Say it better. Who is mentioned for the first time is told; who was before is not told again."""
        with transaction.atomic():
            self._hold(by)
            self._change(_checked(text), by=by, at=at)
            self.thread.tell()

    def remove(self, *, by: Member, at: datetime) -> None:
        """Take it back. Where others have answered it leaves its place; a thread in which nothing is said any more goes."""
        with transaction.atomic():
            self._hold(by)
            Notice.objects.about([mention_key(self.pk)]).withdraw()
            others = self.thread.comments.exclude(pk=self.pk)
            if others.filter(models.Q(at__gt=self.at) | models.Q(at=self.at, pk__gt=self.pk)).exists():
                self.text, self.deleted_at = "", at
                self.save(update_fields=["text", "deleted_at"])
                self.mentions.clear()
            else:
                self.delete()
            self.thread.tell()
            if not others.said().exists():
                self.thread.delete()

    def _hold(self, by: Member) -> None:
        """Lock the thread, then look again. Raises ActRefused if it is not one's own or gone."""
        self.thread.hold()
        try:
            self.refresh_from_db(fields=["by", "text", "deleted_at"])
        except Comment.DoesNotExist:
            raise ActRefused("This comment has been deleted.", "text") from None
        if self.by_id != by.pk:
            raise NotTheirs("Only who wrote a comment can change it.", "text")
        if self.deleted_at:
            raise ActRefused("This comment has been deleted.", "text")

    def _change(self, text: str, *, by: Member, at: datetime) -> None:
        if text == self.text:
            return
        self.text, self.edited_at = text, at
        self.save(update_fields=["text", "edited_at"])
        self._mention(by=by, at=at)

    def _mention(self, *, by: Member, at: datetime) -> None:
        """Remember whom the text mentions, and tell each of them once. Members of other workspaces are nobody here."""
        journey = self.thread.journey
        found = list(Member.objects.visible_to(by).filter(pk__in=mentioned(self.text)).select_related("user"))
        self.mentions.set(found)
        told = [member for member in found if member.pk != by.pk]
        canvas = reverse("journeys:canvas", args=[by.workspace.slug, journey.pk])
        where = ", ".join(filter(None, [self.thread.called, journey.title]))
        for member in told:
            Notice.objects.give(
                member,
                kind=MENTION,
                text=f"{by} mentioned you: {where}",
                excerpt=self.words,
                url=f"{canvas}?talk={self.thread_id}",
                key=mention_key(self.pk),
                at=at,
                mail_at=at + MAIL_AFTER,
            )
        if told:
            self.thread.tell_of_notices()


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise ActRefused("Write something first.", "text")
    if len(text) > LONGEST:
        raise ActRefused(f"A comment has at most {LONGEST:,} letters, this has {len(text):,}.", "text")
    return text
