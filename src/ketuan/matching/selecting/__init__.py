"""Which applications to award: the best total score that keeps every limit, with a proof and with reasons.

    maximise Σ (score + bonus) over the chosen, at most n awards, money, a society's, a province's, a field's and a class's
    number, and never two that exclude one another

Integer programming, by linear programs (HiGHS) and a branch and bound of our own in whole numbers, so that the proof is a
list of prices that anyone can check with a pencil and patience. Start with `choosing.Selector`; `verifying` checks an
answer and shares nothing with the rest.
"""
