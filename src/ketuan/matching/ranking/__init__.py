"""Ranking of records with several texts for a text: a problem to experts, achievements, societies, and the way back.

`index` holds the records and answers; `folding` and `terms` turn texts into numbers; `postings` keeps which term stands in
which text; `weighing` scores; `reasons` says why; `stored` writes an index to a file and reads it; `vectors` keeps sentence
vectors, an optional extra. Modules are imported by name.
"""
