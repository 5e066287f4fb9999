"""Parses source files: modules, scopes, names across files, suppressions. Nothing is imported."""
