"""What the call of a year says of the papers: the call as data, rules as small functions, findings as frozen values.

* ``calls/*.toml``, :mod:`~ketuan.rules.call` – numbers, dates, choices and clauses of a year; ``data/`` – registry of cities
* :mod:`~ketuan.rules.findings` – what a rule says, in the words of the check contract
* ``rules.tsv``, :mod:`~ketuan.rules.catalogue` – code, clause, subject, weight and sentence of every rule
* ``checks/`` – the rules themselves, one file a group; :mod:`~ketuan.rules.checking` – which rules run, and running them

Still to come: ``life.py`` (the order of the stages of an application, as a table) and ``delivery.py``, ``closing.py`` (facts
→ checklist and score); registry, submission and preference rules become further files of ``checks/`` that read facts of
``records`` instead of a form. :data:`ketuan.rules.catalogue.LATER` names the place of each. No clock, no I/O but our own data.
"""
