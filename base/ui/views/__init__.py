"""The request handlers behind a page's addresses: each reads its input, calls one operation or query, and answers."""
