"""What beat wakes, and how often. Every entry is a sweep: running it twice or late is harmless."""

SCHEDULE = {
    "sweep-imports": {"task": "journeys.sweep_imports", "schedule": 60.0},
    "tell-owners-of-reviews": {"task": "journeys.tell_owners_of_reviews", "schedule": 300.0},
}
