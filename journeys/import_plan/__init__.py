"""From the rows of a sheet and a journey document to what an import will do. Pure: ids come from the caller.

The same sheet again plans nothing; an edited one plans what differs; elements the sheet does not mention stay.
"""

from journeys.import_plan.outcome import ImportPlan, Outcome
from journeys.import_plan.planner import plan_import

__all__ = ["ImportPlan", "Outcome", "plan_import"]
