"""The screens of coverage, visits, the plan, its runs, and ledgers on their way in."""
