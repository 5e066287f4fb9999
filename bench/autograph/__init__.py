"""What AutoGraph makes of somebody's code: `check` reads it, `probe` runs it, `explain` takes it apart."""
