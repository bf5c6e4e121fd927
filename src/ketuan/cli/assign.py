"""``ketuan assign``."""
