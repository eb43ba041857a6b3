"""The map as it is lived: /w/<workspace>/..."""

from django.urls import path

from touchpoints.views import (
    changing_travel,
    enrolling,
    enrolment_rules,
    handoffs,
    moving_over,
    plan,
    timeline,
    travel,
)

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
    path("journeys/<uuid:journey>/move-over/", moving_over.move_all_over, name="move_all_over"),
    path("journeys/<uuid:journey>/move-over/offer/", moving_over.move_over_offer, name="move_over_offer"),
    path("travel/<uuid:pk>/", travel.travel, name="travel"),
    path("travel/<uuid:pk>/stage/", changing_travel.move_to_stage, name="move_to_stage"),
    path("travel/<uuid:pk>/start/", changing_travel.move_start, name="move_start"),
    path("travel/<uuid:pk>/renewal/", changing_travel.move_renewal, name="move_renewal"),
    path("travel/<uuid:pk>/renewed/", changing_travel.renew, name="renew"),
    path("travel/<uuid:pk>/version/", changing_travel.move_over, name="move_over"),
    path("travel/<uuid:pk>/leave/", changing_travel.leave, name="leave"),
    path("travel/<uuid:pk>/event/", travel.log_event, name="log_event"),
    path("events/<uuid:pk>/take-back/", travel.take_back_event, name="take_back_event"),
    path("scheduled/<uuid:pk>/finish/", travel.finish, name="finish"),
    path("scheduled/<uuid:pk>/reopen/", travel.reopen, name="reopen"),
    path("customers/<uuid:pk>/plan/", plan.plan, name="plan"),
    path("enrolments/<uuid:pk>/timeline/", timeline.timeline, name="timeline"),
    path("enrolments/<uuid:pk>/timeline/<uuid:card>/", timeline.timeline_card, name="timeline_card"),
    path("customers/<uuid:pk>/handoffs/", handoffs.customer_handoffs, name="customer_handoffs"),
    path("handoffs/", handoffs.handoffs, name="handoffs"),
    path("handoffs/<uuid:pk>/", handoffs.handoff_passage, name="handoff_passage"),
    path("handoffs/<uuid:pk>/fill/", handoffs.fill_handoff, name="fill_handoff"),
    path("handoffs/<uuid:pk>/offer/", handoffs.offer_handoff, name="offer_handoff"),
    path("handoffs/<uuid:pk>/take-back/", handoffs.take_back_handoff, name="take_back_handoff"),
    path("handoffs/<uuid:pk>/ask/", handoffs.ask_about_handoff, name="ask_about_handoff"),
    path("handoffs/<uuid:pk>/accept/", handoffs.accept_handoff, name="accept_handoff"),
]
