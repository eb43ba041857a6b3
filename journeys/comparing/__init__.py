"""What differs between two maps: two states of one journey, or the journeys of two segments. Pure."""

from journeys.comparing.comparison import Comparison, Detail, Group, Kind, Pair, Side
from journeys.comparing.whole import compare

__all__ = ["Comparison", "Detail", "Group", "Kind", "Pair", "Side", "compare"]
