"""Statistics on plain numbers: ratios and their intervals, equivalence, power; simulated machines to try them on."""
