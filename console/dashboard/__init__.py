"""The home page: what each role should know today.

It lives here because it looks at everything: contracts, coverage, quotes, invoices, mail, and the health that only
`config` knows. It decides nothing and stores nothing; every figure is a list of some page, counted.
"""
