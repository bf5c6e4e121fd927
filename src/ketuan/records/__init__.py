"""Every table, one app, one migrations folder. What may be done with the rows stands in :mod:`ketuan.programme`."""
