"""Records -> results: statistics, verdicts, checks, comparisons. Pure: no processes, no clock."""
