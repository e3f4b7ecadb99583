"""The clock and the browser of every screen's test."""

from tests.screens import enter, frozen

__all__ = ["enter", "frozen"]
