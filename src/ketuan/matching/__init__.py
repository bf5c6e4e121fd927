"""Who with what: likeness of Chinese texts, search, problem ↔ expert scores, reviewer assignment, choice of applications.

Ground floor: values in, values out; no Django, no database, no clock, no network; of ours only `ketuan.forms`. Modules
are imported by name (`from ketuan.matching import likeness`); this package imports none of them, so that comparing two
titles does not load numpy.
"""
