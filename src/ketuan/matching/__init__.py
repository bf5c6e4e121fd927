"""Who with what: six engines, each a package of pure functions.

`ranking` finds experts for a problem, `assigning` gives reviews to reviewers, `selecting` chooses the portfolio, `teaming`
builds a corps, `overlapping` finds copied text, `calibrating` takes reviewers' severity out of scores; `solver` is the thin
layer over the integer programming solver.

Ground floor: values in, values out; no Django, no database, no clock, no network; of ours only `ketuan.forms`. Modules are
imported by name; this package imports none of them, so that what needs no numbers does not load numpy.
"""
