"""Doors to other systems: the mailbox of the call."""
