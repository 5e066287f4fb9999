"""Source files read: modules, scopes, names across files, suppressions. Nothing is imported."""
