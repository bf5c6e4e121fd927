"""Copied text: in pairs, in a corpus, and against all earlier texts.

`ketuan.matching.likeness` says what a character, a known sentence and a passage are, and judges two short texts alone;
this package judges with the rarity of what is shared, which a file of many texts tells. Both fold and mask alike.

folding → characters as arrays; known → what does not count; rarity → how telling two characters in a row are;
evidence → score of two texts; passages → what is marked; candidates → which pairs are worth judging; pairs, corpus and
index → the three questions.
"""
