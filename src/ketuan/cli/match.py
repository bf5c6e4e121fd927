"""``ketuan match``."""
