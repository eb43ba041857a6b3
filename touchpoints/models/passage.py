from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q

from accounts.calendars import working_days_of
from accounts.ids import new_id
from customers.models import Customer, Enrolment
from touchpoints.models.passage_step import ASKED, PassageStep
from touchpoints.models.passages import PassageQuerySet, PassageState

if TYPE_CHECKING:
    from accounts.models import Member, Role

#: what is said of an item of a package: (what, or a link to it; whether it is in the place that the map names)
Filling = tuple[str, bool]


class MovedOn(Exception):
    """Somebody was quicker: the handoff is not where this act begins."""


class WrittenMeanwhile(Exception):
    """Somebody else has filled in these items, by their place in the package, since they were read: nothing was kept."""

    def __init__(self, now: dict[int, Filling]):
        super().__init__(f"items {sorted(now)}")
        self.now = now


class Passage(models.Model):
    """A handoff of the map, lived by one customer: the package that travels, and whose turn it is. Until it is accepted the
    giver owns the moment. It keeps the package it was reached with, though the map may go on."""

    State = PassageState

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="passages", db_index=False)
    enrolment = models.ForeignKey("customers.Enrolment", on_delete=models.CASCADE, related_name="passages", db_index=False)
    cycle = models.PositiveSmallIntegerField()
    #: the handoff's id; of one in a drill-down an id of the two, as of its card: see `route.within`
    handoff_id = models.UUIDField()
    #: which occurrence of the card it starts at
    occurrence = models.PositiveSmallIntegerField(default=0)
    #: the cards it leads from and to, as they were called when it was reached
    title = models.CharField(max_length=300)
    to_title = models.CharField(max_length=300, blank=True, default="")
    note = models.TextField(blank=True, default="")
    accept_within_days = models.PositiveSmallIntegerField(null=True)
    #: the package: [{"item", "where", "reader", "value", "there"}]
    items = models.JSONField(default=list)
    #: who gives and who receives; the members are those who fill the role for the customer, as long as it is open
    giver_role = models.ForeignKey("accounts.Role", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    giver = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    receiver_role = models.ForeignKey("accounts.Role", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    receiver = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARING)
    reached_on = models.DateField()
    #: of the last time it was offered, and until when the receiver is to answer
    offered_on = models.DateField(null=True)
    answer_by = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("accounts.Member", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    objects = PassageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "cycle", "handoff_id", "occurrence"], name="passage_once"),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_at__isnull=False, accepted_on__isnull=False)
                | (~Q(state="accepted") & Q(accepted_at=None, accepted_on=None)),
                name="passage_accepted_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["preparing", "more_asked"], answer_by=None) | Q(state__in=["offered", "accepted"]),
                name="passage_answer_while_offered",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "answer_by", "id"], condition=~Q(state="accepted"), name="passage_open"),
            models.Index(fields=["giver"], condition=~Q(state="accepted"), name="passage_to_give"),
            models.Index(fields=["receiver"], condition=~Q(state="accepted"), name="passage_to_receive"),
            models.Index(fields=["workspace", "-accepted_at", "-id"], condition=Q(state="accepted"), name="passage_accepted"),
            models.Index(fields=["customer"], name="passage_of_customer"),
            # The API's lists
            models.Index(fields=["workspace", "reached_on", "id"], name="passage_by_day"),
            models.Index(fields=["workspace", "state", "reached_on", "id"], name="passage_of_state"),
            models.Index(fields=["giver", "reached_on", "id"], name="passage_given_by"),
            models.Index(fields=["receiver", "reached_on", "id"], name="passage_received_by"),
        ]

    def __str__(self) -> str:
        return f"{self.title} → {self.to_title or self.receiver_role or 'a role that is gone'}"

    @property
    def is_open(self) -> bool:
        return self.state != self.State.ACCEPTED

    @property
    def is_with_giver(self) -> bool:
        return self.state in (self.State.PREPARING, self.State.MORE_ASKED)

    @property
    def giving(self) -> Member | None:
        """Who gives it; None where nobody fills the role, or who did has left."""
        return self.giver if self.giver and not self.giver.removed_at else None

    @property
    def receiving(self) -> Member | None:
        return self.receiver if self.receiver and not self.receiver.removed_at else None

    @property
    def from_whom(self) -> str:
        return _in_words(self.giving, self.giver, self.giver_role)

    @property
    def to_whom(self) -> str:
        return _in_words(self.receiving, self.receiver, self.receiver_role)

    @property
    def holder(self) -> Member | None:
        """Who owns the moment: the giver, until it is accepted."""
        return self.giving if self.is_open else self.receiving

    @property
    def held_by(self) -> str:
        return self.from_whom if self.is_open else self.to_whom

    @property
    def missing(self) -> list[str]:
        return [one["item"] for one in self.items if not (one["value"] or one["there"])]

    @property
    def missing_in_words(self) -> str:
        """2 of 5 are missing: Known risks, Promised dates. "" if nothing is."""
        if not (missing := self.missing):
            return ""
        return f"{len(missing)} of {len(self.items)} {'is' if len(missing) == 1 else 'are'} missing: {', '.join(missing)}"

    def is_late(self, today: date) -> bool:
        """Whether the answer is overdue; of an accepted one whether it was."""
        return bool(self.answer_by and self.answer_by < (self.accepted_on or today))

    @property
    def was_late(self) -> bool:
        return self.accepted_on is not None and self.is_late(self.accepted_on)

    @property
    def took_days(self) -> int | None:
        """From the day it was reached to the day it was accepted."""
        return (self.accepted_on - self.reached_on).days if self.accepted_on else None

    def may_give(self, member: Member) -> bool:
        return self._is_theirs(member, self.giving, self.giver_role_id)

    def may_receive(self, member: Member) -> bool:
        return self._is_theirs(member, self.receiving, self.receiver_role_id)

    def _is_theirs(self, member: Member, who: Member | None, role: Any) -> bool:
        """Editors act for everybody. Where nobody fills the role for this customer, whoever bears it in the workspace may."""
        if member.can_edit or member == who:
            return True
        return who is None and role is not None and member.can_comment and member.roles.filter(pk=role).exists()

    def fill(self, given: Mapping[int, Filling], was: Mapping[int, Filling], *, by: Member, at: datetime) -> None:
        """Say of items, by their place, what there is; `was` is what the person saw. Raises MovedOn, WrittenMeanwhile."""
        with self._held(*self._open_states()):
            self._fill(given, was, by, at)

    def offer(
        self, given: Mapping[int, Filling] | None = None, was: Mapping[int, Filling] | None = None, *, by: Member, at: datetime
    ) -> None:
        """Ask the receiver to take it, filling in what is given before. What is missing is named. Raises MovedOn,
        WrittenMeanwhile."""
        with self._held(self.State.PREPARING, self.State.MORE_ASKED):
            self._fill(given or {}, was or {}, by, at)
            self.state, self.offered_on = self.State.OFFERED, self.workspace.today(at)
            self.answer_by = self._answer_by(self.offered_on)
            until = f", to be answered by {self.answer_by:%-d %B %Y}" if self.answer_by else ""
            step = self._step(f"offered it{until}", self.missing_in_words, by, at, "state", "offered_on", "answer_by")
            step.tell(self.receiving, f"{by} hands {self.customer} over to you: {self.title}")

    def ask_for_more(self, text: str, *, by: Member, at: datetime) -> None:
        """Give it back to the giver, saying what is not there. Raises MovedOn."""
        with self._held(self.State.OFFERED):
            self.state, self.answer_by = self.State.MORE_ASKED, None
            step = self._step(ASKED, text, by, at, "state", "answer_by")
            step.tell(self.giving, f"{by} asks for more on {self.customer}: {self.title}")

    def accept(self, text: str = "", *, by: Member, at: datetime) -> None:
        """Take it over. Where nobody fills the receiving role for the customer, whoever accepts does from that day on. Raises
        MovedOn."""
        with self._held(self.State.OFFERED):
            on = self.workspace.today(at)
            if self.receiving is None:
                if self.receiver_role:
                    self.customer.assign(self.receiver_role, by, from_on=on, by=by, at=at)
                    self.refresh_from_db()
                self.receiver = by
            self.state, self.accepted_on, self.accepted_at, self.accepted_by = self.State.ACCEPTED, on, at, by
            fields = ("state", "receiver", "accepted_on", "accepted_at", "accepted_by")
            step = self._step("accepted it", text, by, at, *fields)
            step.tell(self.giving, f"{by} has accepted {self.customer}: {self.title}")

    def take_back(self, *, by: Member, at: datetime) -> None:
        """Have it not be offered: something was not right yet. Raises MovedOn."""
        with self._held(self.State.OFFERED):
            self.state, self.answer_by = self.State.PREPARING, None
            self._step("took it back", "", by, at, "state", "answer_by")

    @contextmanager
    def _held(self, *states: str) -> Iterator[None]:
        """The handoff as it is now. All who act on a handoff lock its customer and so take turns; then its enrolment, as all do
        who plan it and then give its handoffs to somebody else."""
        with transaction.atomic():
            Customer.objects.select_for_update(no_key=True).get(pk=self.customer_id)
            Enrolment.objects.select_for_update(no_key=True).get(pk=self.enrolment_id)
            self.refresh_from_db()
            if self.state not in states:
                raise MovedOn
            yield

    def _open_states(self) -> list[str]:
        return [state for state in self.State.values if state != self.State.ACCEPTED]

    def _fill(self, given: Mapping[int, Filling], was: Mapping[int, Filling], by: Member, at: datetime) -> None:
        now = {place: (one["value"], one["there"]) for place, one in enumerate(self.items)}
        changed = {place: said for place, said in given.items() if said not in (was.get(place), now[place])}
        if written := {place: now[place] for place in changed if now[place] != was.get(place)}:
            raise WrittenMeanwhile(written)
        if changed:
            for place, (value, there) in changed.items():
                self.items[place] |= {"value": value, "there": there}
            told = ", ".join(self.items[place]["item"] for place in sorted(changed))
            self._step("filled in", told, by, at, "items")

    def _step(self, told: str, text: str, by: Member, at: datetime, *fields: str) -> PassageStep:
        self.save(update_fields=list(fields))
        return PassageStep.objects.note(self, told, text, by=by, at=at)

    def _answer_by(self, offered_on: date) -> date | None:
        if not self.accept_within_days:
            return None
        days, day = working_days_of(self.workspace_id), offered_on.toordinal()
        for _ in range(self.accept_within_days):
            day = days.on_or_after(day + 1)
        return date.fromordinal(day)


def _in_words(now: Member | None, was: Member | None, role: Role | None) -> str:
    if now:
        return str(now)
    nobody = f"nobody fills {role}" if role else "nobody"
    return f"{nobody} (was {was}, who has left)" if was else nobody
