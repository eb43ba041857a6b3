from touchpoints.models.scheduled_touchpoint import ScheduledTouchpoint

__all__ = ["ScheduledTouchpoint"]
