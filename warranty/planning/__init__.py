"""The plan: everything that will happen by itself, as dated rows (docs/rules.md 5).

`rows` says which rows a term has and when, `kinds` who carries each out, `planning` writes them,
`run` executes those that are due, `forecast` reads them.
"""
