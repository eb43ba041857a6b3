"""What is missing on a map. Pure: from a journey document to gaps and a score."""

from journeys.gaps.report import Gap, Report, SetAside, find_gaps, word_for
from journeys.gaps.rule import Rule, Severity
from journeys.gaps.rules import RULES

__all__ = ["RULES", "Gap", "Report", "Rule", "SetAside", "Severity", "find_gaps", "word_for"]
