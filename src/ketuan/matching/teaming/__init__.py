"""The corps builder: from a problem and a pool of experts the best corps that the rules of composition allow.

* :mod:`~ketuan.matching.teaming.values` – what goes in: `Expert`, `Wanted`; the pool as arrays
* :mod:`~ketuan.matching.teaming.fitness` – how well an expert's texts fit a part of the problem
* :mod:`~ketuan.matching.teaming.optimum` – the best corps and its bound, over the whole pool
* :mod:`~ketuan.matching.teaming.collision` – whether there is any, and if not, which rules collide
* :mod:`~ketuan.matching.teaming.builder` – the answer: `build`, with reasons, costs of rules and substitutes

The goal, in units of fitness. Each member takes one part of the problem. A part has `seats` full seats, an equal share
of the corps; a member in a full seat counts with his fitness for that part, one beyond it with `beyond` of it (a half,
if not told otherwise): more people for a part help less than the first. Each young elite member up to the encouraged
number adds `encouraged`.
"""
