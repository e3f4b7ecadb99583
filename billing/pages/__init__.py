"""The screens of quotes, invoices, exports, and what the customer sees of a quote."""
