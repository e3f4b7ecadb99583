"""The law of the renewal's price. Pure; docs/rules.md 2.2 is the source, the cap itself is in `contracts/rules.py`."""

from datetime import timedelta

#: Days a customer has to pay a renewal invoice.
PAYMENT_DAYS = timedelta(days=30)
