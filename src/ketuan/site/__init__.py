"""The roof: settings, root addresses, the table of jobs. Nothing imports it; it imports the doors."""
