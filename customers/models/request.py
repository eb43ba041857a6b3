from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models, transaction

from accounts.ids import new_id
from accounts.models import Notice
from customers.models.activity import Activity
from customers.models.request_step import RequestStep

if TYPE_CHECKING:
    from accounts.models import Member, Role
    from customers.models.customer import Customer

NOTICE = "request"


class PassedOn(Exception):
    """Somebody was quicker: it is with somebody else by now, or done. Says so to a person."""


class RequestQuerySet(models.QuerySet["Request"]):
    def visible_to(self, member: Member) -> RequestQuerySet:
        return self.filter(workspace_id=member.workspace_id)

    def with_names(self) -> RequestQuerySet:
        return self.select_related("customer", "role", "holder__user", "logged_by__user")

    def of_customers(self, ids: Iterable[UUID]) -> RequestQuerySet:
        return self.filter(customer__in=list(ids))

    def open(self) -> RequestQuerySet:
        return self.exclude(state=Request.State.DONE)

    def done(self) -> RequestQuerySet:
        return self.filter(state=Request.State.DONE)

    def in_state(self, state: str) -> RequestQuerySet:
        return self.filter(state=state)

    def with_member(self, member: Member | UUID) -> RequestQuerySet:
        """Those that are, or were last, that member's to do."""
        return self.filter(holder=member)

    def handed_on_by(self, member: Member) -> RequestQuerySet:
        """Those that they gave to somebody else, and that did not come back to them."""
        handed = RequestStep.objects.filter(request=models.OuterRef("pk"), by=member, kind=RequestStep.Kind.HANDED)
        return self.filter(models.Exists(handed)).exclude(holder=member)

    def oldest_first(self) -> RequestQuerySet:
        return self.order_by("at", "id")

    def latest_first(self) -> RequestQuerySet:
        return self.order_by("-at", "-id")

    def log(self, customer: Customer, text: str, *, by: Member, on: date, at: datetime) -> Request:
        """A customer has asked that member for something, on a day. It is with them until they say whose it is."""
        with transaction.atomic():
            made: Request = self.create(
                workspace_id=customer.workspace_id, customer=customer, text=text.strip(), logged_by=by, logged_on=on, holder=by,
                at=at,
            )  # fmt: skip
            RequestStep.objects.note(made, RequestStep.Kind.LOGGED, by=by, at=at)
            Activity.objects.note(customer, f"asked {by}: {made}", by=by, at=at)
        return made


class Request(models.Model):
    """Something a customer asked of somebody, be it theirs or not. It counts for who logged it, and for who did it instead."""

    class State(models.TextChoices):
        NEW = "new", "Whose is it?"
        OPEN = "open", "Open"
        DONE = "done", "Done"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="requests", db_index=False)
    text = models.TextField(max_length=2000)
    state = models.CharField(max_length=4, choices=State.choices, default=State.NEW)
    #: whose it is, by what the map says or a person; None while that is open, and where somebody keeps it
    role = models.ForeignKey("accounts.Role", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    #: with whom it is
    holder = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+", db_index=False)
    logged_by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, related_name="+", db_index=False)
    #: days of the workspace
    logged_on = models.DateField()
    done_on = models.DateField(null=True)
    #: what came of it
    outcome = models.TextField(max_length=2000, blank=True, default="")
    at = models.DateTimeField()

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="done", done_on__isnull=False) | (~models.Q(state="done") & models.Q(done_on=None)),
                name="request_done_on_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "at", "id"], name="request_of_holder"),
            models.Index(fields=["holder", "done_on"], condition=models.Q(state="done"), name="request_done"),
            models.Index(fields=["logged_by", "logged_on"], name="request_logged"),
            models.Index(fields=["workspace", "at", "id"], name="request_latest"),
            models.Index(fields=["workspace", "state", "at", "id"], name="request_of_state"),
            models.Index(fields=["customer", "at", "id"], name="request_of_customer"),
            models.Index(fields=["workspace", "logged_on"], include=["customer"], name="request_of_week"),
        ]

    def __str__(self) -> str:
        said = " ".join(self.text.split())
        return said if len(said) <= 120 else said[:119].rstrip() + "…"

    @property
    def is_open(self) -> bool:
        return self.state != self.State.DONE

    def may_be_moved_by(self, member: Member) -> bool:
        """Who has it moves it; editors do so for others."""
        return member.can_comment and (member.pk == self.holder_id or member.can_edit)

    def hand_on(
        self, to: Member, *, url: str, by: Member, at: datetime, role: Role | None = None, was: UUID | None = None, note: str = ""
    ) -> None:
        """It is theirs. `was`: with whom it was when this was decided; `url`: where they find it. Raises PassedOn."""
        with transaction.atomic():
            found = self._held(was)
            found._set({"state": self.State.OPEN, "role": role, "holder": to})
            step = RequestStep.objects.note(found, RequestStep.Kind.HANDED, by=by, to=to, text=note, at=at)
            Activity.objects.note(found.customer, f"handed on to {to}: {found}", by=by, at=at)
            if to.pk != by.pk:
                text = f"{found.customer} asked for something that is yours"
                found._tell(to, f"{text}: {by} handed it on", step, url, note or str(found), at)
        self._take(found)

    def keep(self, *, by: Member, at: datetime, was: UUID | None = None) -> None:
        """It is mine after all. Raises PassedOn."""
        with transaction.atomic():
            found = self._held(was)
            if found.state == self.State.OPEN and found.holder_id == by.pk:
                return
            found._set({"state": self.State.OPEN, "role": None, "holder": by})
            RequestStep.objects.note(found, RequestStep.Kind.KEPT, by=by, at=at)
        self._take(found)

    def finish(self, outcome: str, on: date, *, url: str, by: Member, at: datetime, was: UUID | None = None) -> None:
        """What was asked is done, on a day. Everybody who handed it on is told. Raises PassedOn."""
        with transaction.atomic():
            found = self._held(was)
            found._set({"state": self.State.DONE, "done_on": on, "outcome": outcome.strip()})
            step = RequestStep.objects.note(found, RequestStep.Kind.DONE, by=by, text=outcome, at=at)
            Activity.objects.note(found.customer, f"done: {found}", by=by, at=at)
            for member in RequestStep.objects.who_handed_on(found):
                if member.pk not in (by.pk, found.holder_id):
                    text = f"Done: what {found.customer} asked for, which you handed on"
                    found._tell(member, text, step, url, outcome or str(found), at)
        self._take(found)

    def reopen(self, *, by: Member, at: datetime) -> None:
        """It was not done after all. Raises PassedOn."""
        with transaction.atomic():
            found = self._locked()
            if found.is_open:
                raise PassedOn("It is open already.")
            found._set({"state": self.State.OPEN, "done_on": None, "outcome": ""})
            RequestStep.objects.note(found, RequestStep.Kind.REOPENED, by=by, at=at)
            Activity.objects.note(found.customer, f"opened again: {found}", by=by, at=at)
        self._take(found)

    def _locked(self) -> Request:
        rows = Request.objects.select_for_update(of=("self",), no_key=True)
        return rows.select_related("customer", "holder__user").get(pk=self.pk)

    def _held(self, was: UUID | None) -> Request:
        found = self._locked()
        if not found.is_open:
            raise PassedOn("Somebody was quicker: it is done already.")
        if was and was != found.holder_id:
            raise PassedOn(f"Somebody was quicker: it is with {found.holder} by now.")
        return found

    def _set(self, fields: dict[str, Any]) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=list(fields))

    def _take(self, found: Request) -> None:
        for name in ("state", "role", "holder", "done_on", "outcome"):
            setattr(self, name, getattr(found, name))

    def _tell(self, member: Member, text: str, step: RequestStep, url: str, excerpt: str, at: datetime) -> None:
        Notice.objects.give(member, kind=NOTICE, text=text, url=url, key=f"{NOTICE} {step.pk}", excerpt=excerpt, at=at)
