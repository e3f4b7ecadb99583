"""The screens of outgoing mail: what waits, what left, what came back, and how it is worded.

On the ground floor above `ui`: it knows mails and their records, and no business word.
"""
