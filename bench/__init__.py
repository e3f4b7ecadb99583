"""The figures the project keeps (DESIGN 8): ratios measured in one run, side by side, never a timed test."""
