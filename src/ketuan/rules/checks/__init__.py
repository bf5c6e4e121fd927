"""The rules, one file a group, each function beside its clause. What runs is listed in :mod:`ketuan.rules.checking`."""
