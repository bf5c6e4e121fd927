"""``ketuan calibrate``."""
