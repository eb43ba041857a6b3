from touchpoints.models.planning_job import PlanningJob
from touchpoints.models.scheduled_touchpoint import ScheduledTouchpoint

__all__ = ["PlanningJob", "ScheduledTouchpoint"]
