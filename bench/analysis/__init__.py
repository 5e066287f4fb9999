"""Records -> results: statistics, verdicts, checks, comparisons. Pure: no processes, no clock.

Floats are added by math.fsum: from Python 3.12 on sum() rounds less, and a report would have other last digits.
"""
