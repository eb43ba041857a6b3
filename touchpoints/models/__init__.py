from touchpoints.models.enrolment_rule import EnrolmentRule
from touchpoints.models.planning_job import PlanningJob
from touchpoints.models.scheduled_touchpoint import ScheduledTouchpoint

__all__ = ["EnrolmentRule", "PlanningJob", "ScheduledTouchpoint"]
