"""What a person sets up for themselves: favourites, columns, language, theme."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.lib.errors import Refused
from base.ui.models import ColumnChoice, SavedFilter


@transaction.atomic
def keep_favourite(*, by: User, page: str, name: str, query: str, shared: bool) -> SavedFilter:
    """Keep a list's query under a name; the same name again replaces it. Sharing takes `filters.share`."""
    name = name.strip()[:60]
    if not name:
        raise Refused(_("Give the favourite a name."), field="name")
    if shared:
        require(by, "filters.share")
    favourite, _made = SavedFilter.objects.update_or_create(
        owner=by, page=page, name=name, defaults={"query": query, "shared": shared}
    )
    return favourite


@transaction.atomic
def drop_favourite(*, by: User, favourite: SavedFilter) -> None:
    """Remove a favourite: one's own, or a shared one with `filters.share`."""
    if favourite.owner_id != by.pk:
        require(by, "filters.share")
    favourite.delete()


@transaction.atomic
def choose_columns(*, by: User, page: str, columns: Iterable[str]) -> None:
    """Remember which columns this person wants on a list; none at all means the list's own."""
    chosen = list(dict.fromkeys(columns))
    if chosen:
        ColumnChoice.objects.update_or_create(owner=by, page=page, defaults={"columns": chosen})
    else:
        ColumnChoice.objects.filter(owner=by, page=page).delete()


def set_language(*, user: User, language: str) -> None:
    User.objects.filter(pk=user.pk).update(language=language)


def set_theme(*, user: User, theme: str) -> None:
    User.objects.filter(pk=user.pk).update(theme=theme)
