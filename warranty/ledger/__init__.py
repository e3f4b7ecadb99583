"""Loading a ledger: what its rows mean for coverage, what they would change, and the change itself (DESIGN 2.6)."""
