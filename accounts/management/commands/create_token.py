from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import ApiToken, Member, NotAllowed, Scope, TooManyTokens


class Command(BaseCommand):
    help = "Make an API token for a member of a workspace, and print it. It is shown this once; only its hash is kept."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("email", help="of the member in whose name the program acts")
        parser.add_argument("--workspace", required=True, help="slug of the workspace")
        parser.add_argument("--scope", required=True, choices=Scope.values)
        parser.add_argument("--name", default="made on the command line", help="what it is for")
        parser.add_argument("--days", type=int, default=90, help="for how long it is good; 90 unless said, a year at most")

    def handle(self, *args: Any, email: str, workspace: str, scope: str, name: str, days: int, **options: Any) -> None:
        member = Member.objects.with_address(email, workspace)
        if member is None:
            raise CommandError(f"Nobody with the address {email} is in a workspace {workspace}.")
        if not 1 <= days <= 365:
            raise CommandError("--days is from 1 to 365.")
        try:
            _, text = ApiToken.objects.make(member, name[:100], scope, days, at=timezone.now())
        except (NotAllowed, TooManyTokens) as trouble:
            raise CommandError(str(trouble)) from None
        self.stdout.write(text)
