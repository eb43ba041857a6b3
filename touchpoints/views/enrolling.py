"""Put customers on a journey: one at once, a segment or what a list shows by a worker, with how far it is."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.doors import MemberRequest, door
from accounts.models import Access
from accounts.paging import page_of
from customers.filtering import CustomerFilterForm
from customers.models import Customer, Enrolment
from customers.models.customer import CustomerQuerySet
from customers.models.enrolments import AlreadyTravels
from touchpoints.forms import EnrolForm
from touchpoints.models import PlanningJob
from touchpoints.tasks import enrol


@door("GET", "POST", access=Access.EDITOR)
def enrol_segment(request: MemberRequest) -> HttpResponse:
    """Enrol a whole segment."""
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        found = Customer.objects.visible_to(request.member).in_segment(given["segment"])
        if job := _ask(request, form, found):
            return redirect("touchpoints:planning_job", request.workspace.slug, job.pk)
        form.add_error("segment", "It has no customers.")
    return render(request, "touchpoints/enrol_segment.html", {"form": form}, status=422 if form.errors else 200)


@door("GET", "POST", access=Access.EDITOR)
def enrol_list(request: MemberRequest) -> HttpResponse:
    """Enrol those that the list of customers shows: its filter stands in the address."""
    wanted, form = CustomerFilterForm(request.GET, by=request.member), _form(request, to_whom=False)
    found = wanted.found(today=form.today)
    if wanted.errors:
        # The list leaves out what makes no sense; here that would enrol more than was meant.
        found = found.none()
    if request.method == "POST" and form.is_valid():
        if job := _ask(request, form, found):
            return redirect("touchpoints:planning_job", request.workspace.slug, job.pk)
        form.add_error(None, "No customer is like that any longer.")
    context = {"form": form, "wanted": wanted, "total": found.count(), "query": request.GET.urlencode()}
    return render(request, "touchpoints/enrol_list.html", context, status=422 if form.errors else 200)


def _ask(request: MemberRequest, form: EnrolForm, found: CustomerQuerySet) -> PlanningJob | None:
    """The job for what was asked, a worker woken for it. None if it is for nobody."""
    given = form.cleaned_data
    job = PlanningJob.objects.ask_to_enrol_found(
        found, given["version"], given["started_on"], by=request.member, at=timezone.now()
    )
    if job:
        send(job)
    return job


@door("GET", "POST", access=Access.EDITOR)
def enrol_customer(request: MemberRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Customer.objects.visible_to(request.member).select_related("segment"), pk=pk)
    form = _form(request, to_whom=False)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            Enrolment.objects.enrol(found, given["version"], given["started_on"], by=request.member, at=timezone.now())
        except AlreadyTravels:
            form.add_error("journey", f"{found} is on this journey already.")
        else:
            messages.success(request, f"{found} is on {given['journey']} from {given['started_on']:%-d %B %Y}.")
            return redirect("touchpoints:plan", request.workspace.slug, found.pk)
    context = {"form": form, "customer": found}
    return render(request, "touchpoints/enrol_customer.html", context, status=422 if form.errors else 200)


def _form(request: MemberRequest, *, to_whom: bool = True) -> EnrolForm:
    today = request.workspace.today(timezone.now())
    initial = {"started_on": today, "journey": request.GET.get("journey"), "segment": request.GET.get("segment")}
    return EnrolForm(request.POST or None, initial=initial, by=request.member, today=today, to_whom=to_whom)


@door("GET", access=Access.EDITOR)
def planning_jobs(request: MemberRequest) -> HttpResponse:
    jobs = PlanningJob.objects.visible_to(request.member).latest_first().select_related("rule__segment").defer("customers")
    return render(request, "touchpoints/planning_jobs.html", {"page": page_of(request, jobs)})


@door("GET", access=Access.EDITOR)
def planning_job(request: MemberRequest, pk: UUID) -> HttpResponse:
    """How far it is. The page asks again while it is under way."""
    template = "touchpoints/_planning_job_state.html" if request.headers.get("HX-Request") else "touchpoints/planning_job.html"
    return render(request, template, {"job": _job(request, pk)})


@door("POST", access=Access.EDITOR)
def cancel_planning_job(request: MemberRequest, pk: UUID) -> HttpResponse:
    _job(request, pk).cancel(at=timezone.now())
    return redirect("touchpoints:planning_job", request.workspace.slug, pk)


@door("POST", access=Access.EDITOR)
def resume_planning_job(request: MemberRequest, pk: UUID) -> HttpResponse:
    job = _job(request, pk)
    if job.resume(at=timezone.now()):
        send(job)
    return redirect("touchpoints:planning_job", request.workspace.slug, pk)


def _job(request: MemberRequest, pk: UUID) -> PlanningJob:
    jobs = PlanningJob.objects.visible_to(request.member).select_related(
        "version__journey__segment", "by__user", "rule__segment", "rule__journey"
    )
    return get_object_or_404(jobs.defer("customers", "version__document", "version__names"), pk=pk)


def send(job: PlanningJob) -> None:
    """Wake a worker. Where the broker is down the job waits for the sweep; nothing is lost."""
    try:
        enrol.delay(str(job.pk))
    except OperationalError:
        return
