"""The demo workspace: the three sample journeys and four people to look at them as."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from accounts.models import Access, Member, Role, User, Workspace
from journeys.importing import import_sheet
from journeys.models import Segment
from journeys.sheets import read_sheet

SLUG = "demo"
PASSWORD = "touchline-demo"  # noqa: S105  # nosec: printed on every start of a local install
PEOPLE = (
    ("leader@demo.test", "Maria Lind", Access.OWNER, (), "CS leader"),
    ("csm@demo.test", "Tom Okafor", Access.CONTRIBUTOR, ("Customer success manager",), "CSM"),
    ("ae@demo.test", "Ana Ruiz", Access.EDITOR, ("Account executive",), "account executive"),
    ("viewer@demo.test", "Vic Chen", Access.VIEWER, (), "viewer"),
)
SHEETS = (
    ("five-stages.csv", "Enterprise", 120, "Enterprise journey"),
    ("gitlab-onboarding.csv", "Mid-touch", 400, "First 45 days"),
    ("saas-lifecycle.csv", "Digital", 3000, "Trial to cancellation"),
)
FOLDER = Path(__file__).parent / "demo_sheets"


def make_demo(*, at: datetime) -> Workspace | None:
    """Make the demo workspace; None if there is one already."""
    if Workspace.objects.filter(slug=SLUG).exists():
        return None
    leader, *others = [
        User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name=name)
        for email, name, *_ in PEOPLE
    ]
    workspace = Workspace.objects.found("Demo", leader, at=at)
    for user, (_, _, access, roles, _) in zip(others, PEOPLE[1:], strict=True):
        member = Member.objects.create(workspace=workspace, user=user, access=access, joined_at=at)
        member.roles.set(Role.objects.filter(workspace=workspace, name__in=roles))
    owner = Member.objects.owners().get(workspace=workspace)
    for filename, segment_name, customers, title in SHEETS:
        segment = Segment.objects.make(workspace, segment_name, at=at, expected_customers=customers)
        import_sheet(read_sheet((FOLDER / filename).read_bytes()), segment, title, name=filename, by=owner, at=at)
    return workspace


def demo_people() -> str:
    """How to sign in, a line for each person of the demo."""
    width = max(len(email) for email, *_ in PEOPLE)
    lines = [f"  {email:<{width}}  {PASSWORD}   {name}, {job}" for email, name, _, _, job in PEOPLE]
    return "Sign in as\n" + "\n".join(lines)
