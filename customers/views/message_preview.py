from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.doors import MemberRequest, door
from accounts.models import Access
from customers.message_facts import facts_for
from customers.models import Contact, Customer
from playbooks.models import Playbook
from playbooks.placeholders import KNOWN, fill, lacking_in, unknown_in

CHOICES = 6


@door("GET", access=Access.VIEWER)
def message_preview(request: MemberRequest) -> HttpResponse:
    """One message of a playbook as a customer would read it; the first of the list if none is chosen."""
    playbook = get_object_or_404(Playbook.objects.visible_to(request.member), pk=_id(request, "playbook"))
    wanted = str(_id(request, "message"))
    message = next((one for one in playbook.whole["messages"] if one["id"] == wanted), None)
    if message is None:
        raise Http404
    words = request.GET.get("q", "")[:200]
    visible = Customer.objects.visible_to(request.member).with_people()
    choices = list(visible.matching(words).in_order()[:CHOICES])
    customer: Customer | None
    if request.GET.get("customer"):
        customer = get_object_or_404(visible, pk=_id(request, "customer"))
    else:
        customer = choices[0] if choices else None
    context = {"playbook": playbook, "message": message, "words": words, "choices": choices, "customer": customer}
    if customer:
        today = timezone.localdate(timezone=ZoneInfo(request.workspace.time_zone))
        contact = Contact.objects.of(customer).in_order().first()
        facts = facts_for(customer, contact, request.member, title=playbook.title, due_on=today)
        texts = message["subject"], message["text"]
        context |= {
            "subject": fill(texts[0], facts)[0],
            "text": fill(texts[1], facts)[0],
            "unknown": unknown_in(*texts),
            "lacking": [KNOWN[name] for name in lacking_in("\n".join(texts), facts)],
        }
    return render(request, "customers/message_preview.html", context)


def _id(request: MemberRequest, name: str) -> UUID:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        raise Http404 from None
