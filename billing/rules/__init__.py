"""The law of billing: plain Python, tested by tables and properties (docs/rules.md 2.5, 2.7, 2.8, 5.7, 7.6)."""
