"""The figures the project keeps (COMPARISON.md): ratios measured in one run, side by side, never a timed test."""
