"""The map as it is lived: /w/<workspace>/..."""

from django.urls import path

from touchpoints.views import enrolling, enrolment_rules, plan

app_name = "touchpoints"
urlpatterns = [
    path("enrol/", enrolling.enrol_segment, name="enrol_segment"),
    path("enrol/list/", enrolling.enrol_list, name="enrol_list"),
    path("enrol/rules/", enrolment_rules.enrolment_rules, name="enrolment_rules"),
    path("enrol/rules/<uuid:pk>/on/", enrolment_rules.switch_on_rule, name="switch_on_rule"),
    path("enrol/rules/<uuid:pk>/off/", enrolment_rules.switch_off_rule, name="switch_off_rule"),
    path("enrol/rules/<uuid:pk>/remove/", enrolment_rules.remove_rule, name="remove_rule"),
    path("enrol/jobs/", enrolling.planning_jobs, name="planning_jobs"),
    path("enrol/jobs/<uuid:pk>/", enrolling.planning_job, name="planning_job"),
    path("enrol/jobs/<uuid:pk>/cancel/", enrolling.cancel_planning_job, name="cancel_planning_job"),
    path("enrol/jobs/<uuid:pk>/resume/", enrolling.resume_planning_job, name="resume_planning_job"),
    path("customers/<uuid:pk>/enrol/", enrolling.enrol_customer, name="enrol_customer"),
    path("customers/<uuid:pk>/plan/", plan.plan, name="plan"),
]
