"""Whatever a person can do, a file can do: each address is reached by an act, only shows something, or is named here."""

from django.urls import get_resolver

from ops.stories.pages import all_declared
from ops.stories.parts import parts_of
from ops.stories.screens import SCREENS
from ops.stories.system import ANSWERS

#: The addresses every page has, by what an act calls them.
OF_PAGES = {"create", "edit", "move", "bulk", "message", "add_todo", "tick", "attach", "sheet"}
#: Addresses that show something and change nothing.
SHOWN = {
    "list", "options", "tab", "export_xlsx", "export_csv", "thread", "file", "board", "pivot", "month", "feed", "home",
    "home_figures", "home_panels", "health_panel", "health", "health_page", "company", "calendar", "calendar_year", "search", "todos", "mail_texts",
    "mail_text_preview", "mail_page", "mail_document", "mail_paper", "forecast", "forecast_sums", "forecast_export", "export_ledger",
    "request_coverage", "request_calling", "visit_record", "service_month", "service_feed", "service_day",
    "satisfaction", "reports_paper", "reports_document", "contracts_paper", "contracts_document", "inspection_completion",
    "inspection_checks", "inspection_report", "invoices_paper", "invoices_document", "export_file", "quote_sum",
    "quote_mail", "quotes_paper", "quotes_document", "leaving", "leaving_preview", "customer_consent",
    "customer_survey", "customer_logo", "customer_quote", "customer_paper", "imports:progress", "imports:rejected", "read", "job_progress", "job_file", "job_notice",
}  # fmt: skip
#: Reached by a part, a screen, an import or a customer's answer; asked for in `test_the_acts_name_them`.
REACHED = {
    "customer_part_new", "customer_part", "requests_prices_new", "requests_prices", "visits_parts_new", "visits_parts",
    "inspection_checks_begin", "inspection_checks_area", "inspection_review", "inspection_finding_new",
    "inspection_finding", "imports:start", "customer_accept", "customer_decline", "customer_agree", "customer_refuse",
    "customer_vote", *(each.sends for each in SCREENS.values()),
}  # fmt: skip
#: Not yet done by a file, and why.
NOT_BY_A_FILE = {
    "columns": "how one's own list looks",
    "keep": "one's own favourites",
    "drop": "one's own favourites",
    "set_language": "how one's own screen looks",
    "set_theme": "how one's own screen looks",
    "job_told": "a notice is put away",
    "mark_file": "who else reads a file that was attached",
    "todo_done": "the same as `tick` on the record's sheet",
    "personal_data": "looking for a person outside of the house",
    "personal_export": "a file for the person it is about",
    "personal_erase": "erased for good, which no story needs to repeat",
    "user_link": "a secret is shown, and a story has no log-in",
    "mail_text": "the wording of mails: two forms on one page",
    "mail_text_reset": "the wording of mails",
    "imports:columns_step": "an import is started as it was read",
    "imports:questions_step": "an import is started as it was read",
    "inspection_finding_take_back": "a finding that should not have been written is left out of a story",
}


def addresses(resolver, space=""):
    for each in resolver.url_patterns:
        if hasattr(each, "url_patterns"):
            yield from addresses(each, f"{each.namespace}:" if each.namespace else space)
        else:
            yield space, each.name


def test_each_address_is_reached_or_said_not_to_be():
    known = OF_PAGES | SHOWN | REACHED | set(NOT_BY_A_FILE)
    missed = {
        f"{space}{name}"
        for space, name in addresses(get_resolver())
        if name not in known and f"{space}{name}" not in known and not name.startswith("account_")
    }
    assert missed == set()


def test_none_is_named_that_is_not_there():
    there = {name for _space, name in addresses(get_resolver())}
    there |= {f"{space}{name}" for space, name in addresses(get_resolver())}
    assert (OF_PAGES | SHOWN | REACHED | set(NOT_BY_A_FILE)) - there == set()


def test_the_acts_name_them():
    parts = {part.name for page in all_declared().values() for part in parts_of(page)}
    assert {"contacts", "titles", "prices", "parts", "begin_checks", "check", "review", "finding"} <= parts
    assert {answer for answers in ANSWERS.values() for answer in answers} == {
        "accept", "decline", "agree", "refuse", "vote",
    }  # fmt: skip
