"""What beat wakes, and how often. Every entry is a sweep: running it twice or late is harmless."""

SCHEDULE = {
    "mail-notices": {"task": "accounts.mail_notices", "schedule": 30.0},
    # Where no worker is there they would pile up: one is as good as a hundred.
    "tell-webhooks": {"task": "accounts.tell_webhooks", "schedule": 5.0, "options": {"expires": 30}},
    "forget-deliveries": {"task": "accounts.forget_deliveries", "schedule": 24 * 3600.0},
    "forget-answers": {"task": "accounts.forget_answers", "schedule": 3600.0},
    "forget-facts": {"task": "accounts.forget_facts", "schedule": 24 * 3600.0},
    "sweep-planning-jobs": {"task": "touchpoints.sweep_planning_jobs", "schedule": 15.0},
    "tick-milestones": {"task": "touchpoints.tick_milestones", "schedule": 60.0},
    "send-automated": {"task": "touchpoints.send_automated", "schedule": 60.0},
    "follow-rules": {"task": "touchpoints.follow_rules", "schedule": 60.0},
    "open-handoffs": {"task": "touchpoints.open_handoffs", "schedule": 60.0},
    "owe-reminders": {"task": "touchpoints.owe_reminders", "schedule": 60.0},
    "send-reminders": {"task": "touchpoints.send_reminders", "schedule": 30.0},
    "forget": {"task": "touchpoints.forget", "schedule": 24 * 3600.0},
    "sweep-calendars": {"task": "touchpoints.sweep_calendars", "schedule": 3600.0},
    "sweep-imports": {"task": "journeys.sweep_imports", "schedule": 60.0},
    "sweep-customer-imports": {"task": "customers.sweep_customer_imports", "schedule": 60.0},
    "sweep-handovers": {"task": "customers.sweep_handovers", "schedule": 15.0},
    "forget-rested-acts": {"task": "journeys.forget_rested_acts", "schedule": 86_400.0},
    "tell-owners-of-reviews": {"task": "journeys.tell_owners_of_reviews", "schedule": 300.0},
}
