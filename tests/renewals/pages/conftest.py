from tests.sale import _own_files, as_, contract, day, draft, invoice, make_contract, now, people, sent  # noqa: F401
