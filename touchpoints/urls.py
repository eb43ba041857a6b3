"""The map as it is lived: /w/<workspace>/..."""

from django.urls import path

from touchpoints.views import enrolling, plan, timeline

app_name = "touchpoints"
urlpatterns = [
    path("enrol/", enrolling.enrol_segment, name="enrol_segment"),
    path("enrol/jobs/", enrolling.planning_jobs, name="planning_jobs"),
    path("enrol/jobs/<uuid:pk>/", enrolling.planning_job, name="planning_job"),
    path("enrol/jobs/<uuid:pk>/cancel/", enrolling.cancel_planning_job, name="cancel_planning_job"),
    path("enrol/jobs/<uuid:pk>/resume/", enrolling.resume_planning_job, name="resume_planning_job"),
    path("customers/<uuid:pk>/enrol/", enrolling.enrol_customer, name="enrol_customer"),
    path("customers/<uuid:pk>/plan/", plan.plan, name="plan"),
    path("enrolments/<uuid:pk>/timeline/", timeline.timeline, name="timeline"),
    path("enrolments/<uuid:pk>/timeline/<uuid:card>/", timeline.timeline_card, name="timeline_card"),
]
