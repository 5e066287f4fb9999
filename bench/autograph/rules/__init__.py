"""The rules, one file a family: each row beside the function that finds it. Their order is in autograph/__init__.py."""
