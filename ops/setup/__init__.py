"""Set-up of a machine: everything between a fresh checkout and a running product (docs/commands.md 2).

`__main__` runs on any Python 3.11 or newer before the virtual environment exists, so it and the modules it imports
(`machine`, `python_env`, `packages`, `stamp`) use the standard library only. It is started inside `ops/` as
`python3 -m setup`, because importing the package `config` already needs Celery; hence the relative imports. `fonts`
and `texts` run inside the environment.
"""
