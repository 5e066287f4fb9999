"""What TensorFlow makes of the user's code: `check` reads it, `probe` runs it, `explain` shows every stage of it."""
