"""Mails to our own people about what cannot wait: written by a sweep each minute, one mail a person for all that is new."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from base.accounts.models import User
from base.chatter.models import Todo
from base.company.queries import company
from base.mail.queries import can_send
from base.mail.queue import MailDraft, language_of, own_draft, write_mails
from base.ui.look import Look
from console.briefing.topics import choices_of, topic_of
from console.briefing.words import todo_lines, todo_words
from console.models import When
from service.complaints import is_kept_from
from service.models import ServiceRequest

#: So many new to-dos are told of in one transaction.
_CHUNK = 200


def tell(at: datetime) -> int:
    """Tell everybody of their new to-dos that cannot wait; how many mails were written.

    What is written while no mail can be sent, or is done by then, is told in the morning at most: nobody is flooded
    with what is over.
    """
    written = 0
    while (found := _tell_some(at)) is not None:
        written += found
    return written


@transaction.atomic
def _tell_some(at: datetime) -> int | None:
    rows = Todo.objects.filter(told_at=None).order_by("pk")
    todos = list(rows.select_for_update(skip_locked=True)[:_CHUNK])
    if not todos:
        return None
    Todo.objects.filter(pk__in=[todo.pk for todo in todos]).update(told_at=at)
    waiting = [todo for todo in todos if todo.done_at is None]
    if not waiting or not can_send():
        return 0
    news = _by_person(waiting)
    write_mails((_draft(person, found, at) for person, found in news.items()), at=at)
    return len(news)


def _by_person(todos: Iterable[Todo]) -> dict[User, list[Todo]]:
    """Who is told of what: the person it is for, else everybody of the role; by their own choice."""
    todos = list(todos)
    roles = {todo.role for todo in todos if todo.assignee_id is None and todo.role}
    keys = {todo.assignee_id for todo in todos if todo.assignee_id}
    people = list(
        User.objects.filter(is_active=True, pk__in=keys) | User.objects.filter(is_active=True, role__in=roles)
    )
    chosen = choices_of(people)
    found: dict[User, list[Todo]] = defaultdict(list)
    for person in people:
        for todo in todos:
            theirs = todo.assignee_id == person.pk or (todo.assignee_id is None and todo.role == person.role)
            by_themselves = todo.made_by_id == person.pk
            if (
                theirs
                and not by_themselves
                and chosen[person.pk, topic_of(todo).name] == When.AT_ONCE
                and _shown(todo, person)
            ):
                found[person].append(todo)
    return found


def _shown(todo: Todo, person: User) -> bool:
    """A complaint is not told to whom it is about."""
    return not (isinstance(todo.target, ServiceRequest) and is_kept_from(todo.target, person))


def _draft(person: User, todos: list[Todo], at: datetime) -> MailDraft:
    with translation.override(language_of(person)):
        look = Look(user=person, today=timezone.localdate(at), now=at)
        return own_draft(
            person,
            cause=f"todo_now:{person.pk}:{todos[0].pk}",
            kind="todo_now",
            target=person,
            variables={
                "reader": str(person),
                "first": todo_words(todos[0], person),
                "todos": todo_lines(todos, look),
                "home": f"{settings.PUBLIC_URL}/",
                "company": company().name,
            },
        )
