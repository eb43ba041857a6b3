"""The map as it is lived: /w/<workspace>/..."""

from django.urls import path

from touchpoints.views import enrolling, handoffs, plan

app_name = "touchpoints"
urlpatterns = [
    path("enrol/", enrolling.enrol_segment, name="enrol_segment"),
    path("enrol/jobs/", enrolling.planning_jobs, name="planning_jobs"),
    path("enrol/jobs/<uuid:pk>/", enrolling.planning_job, name="planning_job"),
    path("enrol/jobs/<uuid:pk>/cancel/", enrolling.cancel_planning_job, name="cancel_planning_job"),
    path("enrol/jobs/<uuid:pk>/resume/", enrolling.resume_planning_job, name="resume_planning_job"),
    path("customers/<uuid:pk>/enrol/", enrolling.enrol_customer, name="enrol_customer"),
    path("customers/<uuid:pk>/plan/", plan.plan, name="plan"),
    path("customers/<uuid:pk>/handoffs/", handoffs.customer_handoffs, name="customer_handoffs"),
    path("handoffs/", handoffs.handoffs, name="handoffs"),
    path("handoffs/<uuid:pk>/", handoffs.handoff_passage, name="handoff_passage"),
    path("handoffs/<uuid:pk>/fill/", handoffs.fill_handoff, name="fill_handoff"),
    path("handoffs/<uuid:pk>/offer/", handoffs.offer_handoff, name="offer_handoff"),
    path("handoffs/<uuid:pk>/take-back/", handoffs.take_back_handoff, name="take_back_handoff"),
    path("handoffs/<uuid:pk>/ask/", handoffs.ask_about_handoff, name="ask_about_handoff"),
    path("handoffs/<uuid:pk>/accept/", handoffs.accept_handoff, name="accept_handoff"),
]
