"""The screens of what every floor stands on: people, the company, its calendar, the log of events, the health.

They are here because they lead to all floors: from a person to their contracts, from the calendar to what it moved.
"""
