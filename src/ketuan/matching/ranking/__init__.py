"""Ranking of records with several texts for a text: a problem to experts, achievements, societies, and the way back.

`index` holds the records, `search` asks it; `folding` and `terms` turn texts into numbers; `postings` keeps which term stands
in which text; `weighing` says what that is worth; `reasons` says why; `fusing` joins words and meaning; `vectors` keeps
sentence vectors, an optional extra; `stored` writes an index to a file and reads it. Modules are imported by name.

Tried on real texts and left out, because none gained more than the chance of the sample: term expansion learnt from the corpus
(Rocchio, RM3, latent semantic indexing, co-occurrence of words: -0.03 to +0.003 MRR), phrase and proximity bonuses (at most
+0.003), trigrams and longer, adaptation (Church 2000: gains on long texts, loses 0.02 to 0.03 on short titles), adding
reciprocal ranks of words and meaning (0.02 below adding the two scores).
"""
