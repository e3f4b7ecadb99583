"""To-dos as a mail to one of our own says them: in their language, with the address of the record."""

from collections.abc import Sequence

from django.conf import settings

from base.accounts.access import may
from base.accounts.models import User
from base.chatter.labels import is_sum, todo_text
from base.chatter.models import Todo
from base.ui import registry
from base.ui.look import Look

#: Stands for a sum where the reader may not see prices.
_HIDDEN = "…"


def todo_words(todo: Todo, person: User) -> str:
    """What is to be done; sums only for whoever may see them."""
    if todo.text:
        return todo.text
    if may(person, "prices.view"):
        return todo_text(todo.kind, todo.params)
    return todo_text(todo.kind, {name: _HIDDEN if is_sum(value) else value for name, value in todo.params.items()})


def todo_lines(todos: Sequence[Todo], look: Look) -> str:
    """One to-do after the other, each with its record's address."""
    lines = []
    for todo in todos:
        place = registry.address(todo.target, look) if todo.target else ""
        lines.append(f"· {todo_words(todo, look.user)}" + (f"\n  {settings.PUBLIC_URL}{place}" if place else ""))
    return "\n".join(lines)
