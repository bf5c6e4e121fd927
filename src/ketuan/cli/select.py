"""``ketuan select``."""
