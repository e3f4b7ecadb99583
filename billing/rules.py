"""How long a customer has to pay. Pure."""

from datetime import timedelta

#: Days a customer has to pay a renewal invoice.
PAYMENT_DAYS = timedelta(days=30)
