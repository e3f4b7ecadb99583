"""Inspections in full: what is looked at, what was found, and the report that is signed."""
