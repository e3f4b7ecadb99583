"""Loading a ledger: what its rows mean for coverage, what they would change, and the change itself.

See docs/rules.md 6.
"""
