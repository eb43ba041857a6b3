"""What a batch of rows of a customer sheet would do to the customers there are. Reads, and changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import Member, Role, Workspace
from customers.import_values import day, health, money
from customers.models import Assignment, Contact, Customer
from customers.writing import Plan
from journeys.models import Segment
from journeys.sheets import SheetRow

READ: dict[str, tuple[str, Callable[[str], Any]]] = {
    "renewal_on": ("renewal_on", day), "value": ("value", money), "health": ("health", health),
}  # fmt: skip
LENGTHS = {"name": 200, "external_id": 200, "contact_name": 200, "contact_email": 254, "contact_job": 200}


@dataclass(slots=True)
class Planned(Plan):
    """What becomes of one row."""

    row: SheetRow

    @property
    def name(self) -> str:
        return self.row.cells.get("name", "")


class Planner:
    """Plans batch after batch of one file; remembers of the rows before only their ids and names."""

    def __init__(self, workspace: Workspace, segment: Segment | None, today: date) -> None:
        self.workspace, self.segment, self.today = workspace, segment, today
        self.segments = {found.name.casefold(): found for found in Segment.objects.filter(workspace=workspace)}
        self.roles = {str(role.pk): role for role in Role.objects.filter(workspace=workspace)}
        members = list(Member.objects.active().filter(workspace=workspace).select_related("user"))
        self.names = Counter(member.user.name.casefold() for member in members)
        self.members = {member.user.name.casefold(): member for member in members}
        self.members |= {member.user.email.casefold(): member for member in members}
        self.ids: dict[str, int] = {}
        self.nameless: dict[str, int] = {}

    def plan(self, rows: list[SheetRow], *, lock: bool = False) -> list[Planned]:
        ours = Customer.objects.filter(workspace=self.workspace)
        ids = {row.cells.get("external_id", "") for row in rows} - {""}
        # Always locked in one order, so two imports wait for each other instead of dying in each other's arms.
        held = ours.select_for_update(no_key=True).order_by("id") if lock else ours
        there = {found.external_id: found for found in held.filter(external_id__in=ids)}
        names = {row.cells.get("name", "").lower() for row in rows if not row.cells.get("external_id")} - {""}
        called = set(ours.filter(name_key__in=names).values_list("name_key", flat=True)) if names else set()
        pks = [found.pk for found in there.values()]
        filled: dict[UUID, dict[UUID, UUID | None]] = {}
        for a in Assignment.objects.filter(customer__in=pks, from_on__lte=self.today).order_by("from_on"):
            filled.setdefault(a.customer_id, {})[a.role_id] = a.member_id
        contacts: dict[UUID, list[Contact]] = {}
        for contact in Contact.objects.filter(customer__in=pks).order_by("id"):
            contacts.setdefault(contact.customer_id, []).append(contact)
        return [self._plan(row, there, called, filled, contacts) for row in rows]

    def _plan(
        self,
        row: SheetRow,
        there: dict[str, Customer],
        called: set[str],
        filled: dict[UUID, dict[UUID, UUID | None]],
        contacts: dict[UUID, list[Contact]],
    ) -> Planned:
        planned = Planned(row)
        wrong = [f"{column}: {message}" for column, message in row.problems]
        external_id, name = row.cells.get("external_id", ""), planned.name
        found = there.get(external_id) if external_id else None
        fields = self._fields(row, wrong)
        if not name and found is None:
            wrong.append("name: it is empty.")
        wrong += self._seen(row.number, external_id, name, called)
        if found is None and "segment_id" not in fields and not any(text.startswith("segment:") for text in wrong):
            if self.segment:
                fields["segment_id"] = self.segment.pk
            else:
                wrong.append("segment: it is empty, and no segment was chosen for such rows.")
        roles = self._roles(row, wrong)
        if wrong:
            planned.result, planned.detail = "bad", " ".join(wrong)
            return planned
        if found is None:
            planned.result = "new"
            planned.customer = Customer(workspace_id=self.workspace.pk, **fields)
            planned.roles = roles
        else:
            planned.customer = found
            planned.before = {key: getattr(found, key) for key, value in fields.items() if getattr(found, key) != value}
            planned.after = {key: fields[key] for key in planned.before}
            now = filled.get(found.pk, {})
            planned.roles = {role: member for role, member in roles.items() if now.get(role) != member}
        planned.contact = self._contact(row, planned.customer, contacts.get(planned.customer.pk, []))
        if found is not None:
            told = [Customer.editable[key] for key in planned.before]
            told += [self.roles[str(role)].name for role in planned.roles] + (["contact"] if planned.contact else [])
            planned.result, planned.detail = ("updated", ", ".join(told)) if told else ("unchanged", "")
        return planned

    def _fields(self, row: SheetRow, wrong: list[str]) -> dict[str, Any]:
        """The fields for the cells that hold something: an empty one leaves the customer as it is."""
        cells = row.cells
        fields: dict[str, Any] = {key: cells[key] for key in ("name", "external_id", "notes") if cells.get(key)}
        for column, most in LENGTHS.items():
            if len(cells.get(column, "")) > most:
                wrong.append(f"{column}: it holds more than {most} letters.")
        for column, (attribute, read) in READ.items():
            if text := cells.get(column):
                try:
                    fields[attribute] = read(text)
                except ValueError as error:
                    wrong.append(f"{column}: {error}")
        if text := cells.get("segment"):
            if segment := self.segments.get(text.casefold()):
                fields["segment_id"] = segment.pk
            else:
                wrong.append(f"segment: there is none called {text[:60]}; make it first.")
        if (text := cells.get("owner")) and (member := self._member(text, "owner", wrong)):
            fields["owner_id"] = member.pk
        if text := cells.get("contact_email"):
            try:
                validate_email(text)
            except ValidationError:
                wrong.append(f"contact_email: {text[:60]} is no e-mail address.")
        return fields

    def _member(self, text: str, column: str, wrong: list[str]) -> Member | None:
        found = self.members.get(text.casefold())
        if found is None:
            wrong.append(f"{column}: nobody here is called {text[:60]}.")
        elif self.names[text.casefold()] > 1:
            wrong.append(f"{column}: several people are called {text[:60]}; write the e-mail address.")
            return None
        return found

    def _roles(self, row: SheetRow, wrong: list[str]) -> dict[UUID, UUID]:
        roles = {}
        for column, text in row.cells.items():
            role = self.roles.get(column.removeprefix("role:")) if text else None
            if role and (member := self._member(text, role.name, wrong)):
                roles[role.pk] = member.pk
        return roles

    def _seen(self, number: int, external_id: str, name: str, called: set[str]) -> list[str]:
        """A row without an id is new; but to make a second customer of a name needs an id, or reading a file twice would."""
        if external_id:
            first = self.ids.setdefault(external_id, number)
            return [f"external_id: row {first} has {external_id[:60]} already."] if first != number else []
        if not name:
            return []
        if name.lower() in called:
            return [f"external_id: it is empty, and there is a customer called {name[:60]} already."]
        first = self.nameless.setdefault(name.lower(), number)
        return [f"external_id: it is empty, and row {first} is called {name[:60]} too."] if first != number else []

    def _contact(self, row: SheetRow, customer: Customer, there: list[Contact]) -> Contact | None:
        """The contact as it is to be; None if it is so already, or the row names none."""
        name, email, job = (row.cells.get(f"contact_{part}", "") for part in ("name", "email", "job"))
        if not (name or email):
            return None
        by_email = (found for found in there if email and found.email.casefold() == email.casefold())
        by_name = (found for found in there if name and found.name.casefold() == name.casefold())
        contact = next(by_email, None) or next(by_name, None)
        if contact is None:
            return Contact(customer=customer, name=name or email, email=email, job=job)
        wanted = {"name": name, "email": email, "job": job}
        changed = {key: value for key, value in wanted.items() if value and getattr(contact, key) != value}
        for key, value in changed.items():
            setattr(contact, key, value)
        return contact if changed else None
