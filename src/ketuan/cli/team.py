"""``ketuan team``."""
