"""Copied text: two texts by themselves, many pairs, a corpus, and against all earlier texts. The one way to judge likeness.

letters and folding → characters, as arrays; known → what does not count; rarity → how telling two characters in a row are;
evidence → score of two texts; passages → what is marked; candidates and rings → which pairs of a corpus are worth judging;
glance → a bound of the score; judge, pairs, corpus and index → the four questions. `judge` serves the checker.
"""
