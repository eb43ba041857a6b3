"""Reminders: what is owed to whom and when, and how it goes out. See docs/decisions/031."""
