"""``ketuan overlap``."""
