"""Finds compiled functions, and builds what rules check: bodies, parameters, mutations."""
