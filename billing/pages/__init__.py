"""The screens of invoices, exports and tax rates."""
