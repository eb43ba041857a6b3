"""What happens on a map reaches every page that is open on it, in whatever web process that page's stream ends."""
