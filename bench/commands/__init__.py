"""What a person types: one file a command, with its options, its exit codes and what the terminal says."""
