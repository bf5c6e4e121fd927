"""The papers of the programme as models: every field once, with its label, section, hint, limit and choices.

Nothing here knows Word, rules, Django or the clock. What a paper looks like (``documents``), what the call says of it
(``rules``) and who may change it (``programme``) are asked elsewhere; they all read the same fields from here.
"""
