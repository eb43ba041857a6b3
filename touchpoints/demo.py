"""Life in the demo workspace: customers on its journeys, months of history, work for today. Always the same, seen from the same
day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import Member, Role, Workspace
from customers.models import Contact, Customer, Enrolment
from customers.models.enrolments import stage_order
from journeys.models import Handoff, Journey, Segment, Touchpoint, Version
from journeys.models.handoff import USUAL_PACKAGE
from playbooks.models import Playbook
from touchpoints.demo_customers import DemoCustomer, demo_customers
from touchpoints.demo_requests import ask_for_things
from touchpoints.models import Passage, ScheduledTouchpoint
from touchpoints.passing import open_passages
from touchpoints.planning.handoffs import handoffs_of
from touchpoints.planning.routes import route_of
from touchpoints.travel_forms import a_year_after

#: days after which a customer of the segment has come to the end of its journey
LASTS = {"Enterprise": 430, "Mid-touch": 110, "Digital": 400}
#: what was due within so many days may still be open; all before is settled
RECENT = 6
PACKAGE = [{"item": item, "where": "CRM", "reader": "Whoever takes over"} for item in USUAL_PACKAGE]
OUTCOMES = (
    "Went well; they asked for the recording.", "Short, but all points covered.", "Two questions open, answered by mail.",
    "They bring a colleague next time.", "", "", "",
)  # fmt: skip
MESSAGE = {
    "channel": "email", "subject": "{{ touchpoint.title }} for {{ customer.name }}",
    "text": "Hello {{ contact.name }},\n\nas agreed, here is what comes next on your way. If anything is not as you expect it, "
    "just answer this message: it comes to me.\n\nKind regards\n{{ member.name }}, {{ workspace.name }}",
}  # fmt: skip
REASONS = ("They asked us to wait.", "Covered in the last call.", "Not needed here.")


def populate(workspace: Workspace, *, at: datetime) -> None:
    """Publish the journeys of a new demo workspace and let its customers travel them."""
    Life(workspace, at).begin()


class Life:
    def __init__(self, workspace: Workspace, at: datetime):
        self.workspace, self.at, self.today = workspace, at, workspace.today(at)
        members = Member.objects.filter(workspace=workspace).select_related("user")
        self.people = {member.user.email.split("@")[0]: member for member in members}
        self.leader = self.people["leader"]
        csm, ae, leader = self.people["csm"], self.people["ae"], self.leader
        #: who fills which role; of a customer success manager there are two
        self.fills = {
            "Customer success manager": (csm, csm, leader), "Account executive": (ae,), "Solutions engineer": (ae,),
            "Onboarding specialist": (csm, leader), "Operations": (leader,), "Executive sponsor": (leader,),
        }  # fmt: skip
        self.roles = {role.name: role for role in Role.objects.filter(workspace=workspace)}

    def begin(self) -> None:
        versions: dict[str, Version] = {}
        for segment in Segment.objects.filter(workspace=self.workspace):
            journey = Journey.objects.filter(segment=segment).get()
            for handoff in Handoff.objects.filter(journey=journey):
                handoff.edit({"package": PACKAGE}, by=self.leader, at=self.at)
            self._write_automated(journey)
            versions[segment.name] = journey.publish("The first one that customers travel.", by=self.leader, at=self.at)
            versions[segment.name].journey = journey
        travels = [(self._travel(one, versions[one.segment]), one) for one in demo_customers()]
        self._live({travel.pk: one for travel, one in travels})
        for travel, one in travels:
            self._event(travel, one)
        self._hand_on([travel for travel, _ in travels])
        ask_for_things(self.workspace, self.people, today=self.today, moment=self._moment)

    def _write_automated(self, journey: Journey) -> None:
        """What the map calls automated has something to send, should somebody switch it on."""
        cards = Touchpoint.objects.filter(journey=journey, kind="touchpoint", delivery="automated", playbook=None)
        for card in cards.order_by("title", "id"):
            found, is_new = Playbook.objects.drafted(self.leader, card.title, at=self.at)
            if is_new:
                found.add("messages", {"name": card.title, **MESSAGE}, at=self.at)
            card.edit({"playbook_id": found.pk}, by=self.leader, at=self.at)

    def _moment(self, day: date) -> datetime:
        """An hour of work on that day, but never later than now."""
        then = datetime.combine(day, time(9, 30), tzinfo=ZoneInfo(self.workspace.time_zone))
        return min(then, self.at)

    def _travel(self, one: DemoCustomer, version: Version) -> Enrolment:
        """A customer, put on the journey when it will have begun, and taken into each stage when the first of it was due."""
        document = version.document
        started = self.today - timedelta(round(one.progress * LASTS[one.segment]))
        renewal = a_year_after(started)
        while renewal <= self.today + timedelta(7):
            renewal = a_year_after(renewal)
        customer = self._customer(one, version.journey.segment, started, renewal)
        travel = Enrolment.objects.enrol(customer, version, started, by=self.leader, at=self._moment(started))
        for id in stage_order(document)[1:]:
            spots = [UUID(card) for card, row in document["touchpoints"].items() if row["stage_id"] == id]
            first = ScheduledTouchpoint.objects.of(travel).at_spots(spots).in_order().first()
            if first and first.due_on <= self.today:
                travel.move_to_stage(UUID(id), first.due_on, by=self.leader, at=self._moment(first.due_on))
        return travel

    def _customer(self, one: DemoCustomer, segment: Segment, since: date, renewal: date) -> Customer:
        csm = one.chance.choice(self.fills["Customer success manager"])
        customer = Customer.objects.add(
            self.workspace, one.name, segment, by=self.leader, at=self._moment(since), external_id=one.external_id,
            value=one.value, health=one.health, renewal_on=renewal, owner=csm,
        )  # fmt: skip
        for name, job, email in one.contacts:
            Contact.objects.add(customer, name=name, job=job, email=email, by=self.leader, at=self._moment(since))
        for role, members in self.fills.items():
            member = csm if csm in members else one.chance.choice(members)
            customer.assign(self.roles[role], member, from_on=since, by=self.leader, at=self._moment(since))
        return customer

    def _live(self, travels: dict[UUID, DemoCustomer]) -> None:
        """Settle what has been due, round by round: what rests on something is due when that was done."""
        kept: set[UUID] = set()
        while True:
            due = ScheduledTouchpoint.objects.due(on=self.today).filter(enrolment__in=travels).exclude(pk__in=kept)
            rows = list(due.order_by("enrolment_id", "due_on", "spot", "occurrence"))
            settled = [row for row in rows if self._settle(row, travels[row.enrolment_id])]
            kept |= {row.pk for row in rows} - {row.pk for row in settled}
            if not settled:
                return
            ScheduledTouchpoint.objects.settle_many(settled, at=self.at)

    def _settle(self, row: ScheduledTouchpoint, one: DemoCustomer) -> bool:
        """False: it is still to be done."""
        age, chance = (self.today - row.due_on).days, one.chance
        if row.by_person and (age == 0 or (age <= RECENT and chance.random() < 0.4)):
            return False
        done_on = min(row.due_on + timedelta(chance.choice((0, 0, 0, 1, 2)) if row.by_person else 0), self.today)
        row.settled_on, row.settled_at, row.settled_by = done_on, self._moment(done_on), row.member
        if row.by_person and chance.random() < 0.06:
            row.state, row.outcome = ScheduledTouchpoint.State.SKIPPED, chance.choice(REASONS)
        else:
            row.state = ScheduledTouchpoint.State.DONE
            if row.by_person:
                row.outcome = chance.choice(OUTCOMES)
                row.felt = chance.choice((None, 0, 1, 1, 2, -1 if one.health == 1 else 1))
        return True

    def _event(self, travel: Enrolment, one: DemoCustomer) -> None:
        """Something has happened to a few of the large ones, the day before yesterday."""
        triggers = route_of(travel.version_id).triggers
        found = [card for card in triggers if card.fields["kind"] == "event"]
        if found and one.progress > 0.6 and one.chance.random() < 0.5:
            card = found[0]
            day = self.today - timedelta(2)
            name = card.fields["title"]
            travel.log_event(UUID(card.id), day, "They wrote it themselves.", name, by=self.leader, at=self._moment(day))

    def _hand_on(self, travels: list[Enrolment]) -> None:
        """What was handed on longer ago has been accepted; what was lately is under way. Nobody is told anew of what is past, so
        it is written at once and not step by step."""
        open_passages([travel.pk for travel in travels], at=self.at)
        begun = {
            (row.enrolment_id, row.spot): row for row in ScheduledTouchpoint.objects.filter(enrolment__in=travels, occurrence=0)
        }
        accepted = []
        for passage in Passage.objects.filter(enrolment__in=travels).select_related("enrolment", "receiver"):
            spots = [handed.spot for handed in handoffs_of(passage.enrolment.version_id) if handed.handoff == passage.handoff_id]
            row = begun.get((passage.enrolment_id, spots[0])) if spots else None
            reached = (row.settled_on or row.due_on) if row else self.today
            if passage.receiver is None or (self.today - reached).days < 2 * RECENT:
                continue
            passage.reached_on, passage.offered_on, passage.accepted_on = reached, reached, reached + timedelta(1)
            passage.items = [item | {"there": True} for item in passage.items]
            passage.state, passage.accepted_at = Passage.State.ACCEPTED, self._moment(passage.accepted_on)
            passage.accepted_by = passage.receiver
            accepted.append(passage)
        fields = ["state", "items", "reached_on", "offered_on", "accepted_on", "accepted_at", "accepted_by"]
        Passage.objects.bulk_update(accepted, fields)
