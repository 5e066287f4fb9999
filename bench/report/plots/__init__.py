"""The figures, one file for each kind of report; matplotlib is imported nowhere else."""
