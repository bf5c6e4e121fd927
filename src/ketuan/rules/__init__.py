"""What the call of a year says of the papers: the call as data, rules as small functions, findings as frozen values.

* ``calls/*.toml``, :mod:`~ketuan.rules.call` – numbers, dates, choices, clauses of a year; ``data/`` – cities
* :mod:`~ketuan.rules.findings` – what a rule says, in the words of the check contract
* ``rules.tsv``, :mod:`~ketuan.rules.catalogue` – code, clause, subject, weight and sentence of every rule
* ``checks/`` – the rules themselves, one file a group; :mod:`~ketuan.rules.checking` – which rules run

Still to come: ``life.py`` (the order of the stages of an application, as a table), ``delivery.py`` and ``closing.py``
(facts → checklist and score); registry, submission and preference rules become further files of ``checks/`` that read
facts of ``records`` instead of a form. :data:`ketuan.rules.catalogue.LATER` names the place of each.

No clock, and no I/O but reading our own data.
"""
