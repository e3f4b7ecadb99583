"""What stands around every page, and the log-in. Only these routes of allauth are open; nobody signs up."""

from allauth.account import views as account
from django.urls import path, re_path
from django.views.generic import RedirectView

from base.accounts.access import ANYONE, PUBLIC, action
from base.ui.views import shell

public, anyone = action(PUBLIC), action(ANYONE)
#: allauth links to these from its own pages; here they lead to the log-in.
_closed = public(RedirectView.as_view(pattern_name="account_login"))

urlpatterns = [
    path("search/", shell.search, name="search"),
    path("todos/", shell.todos, name="todos"),
    path("todos/<int:pk>/done/", shell.tick, name="todo_done"),
    path("language/", shell.set_language, name="set_language"),
    path("theme/", shell.set_theme, name="set_theme"),
    path("accounts/login/", public(account.login), name="account_login"),
    path("accounts/logout/", public(account.logout), name="account_logout"),
    path("accounts/inactive/", public(account.account_inactive), name="account_inactive"),
    path("accounts/password/change/", anyone(account.password_change), name="account_change_password"),
    path("accounts/password/reset/", public(account.password_reset), name="account_reset_password"),
    path("accounts/password/reset/done/", public(account.password_reset_done), name="account_reset_password_done"),
    path(
        "accounts/password/reset/key/done/",
        public(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("accounts/signup/", _closed, name="account_signup"),
    path("accounts/password/set/", _closed, name="account_set_password"),
]
