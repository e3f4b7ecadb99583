"""What people do with renewal quotes, through the browser."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from moneyed import Money

from base.accounts.models import Role
from base.chatter.models import Attachment
from base.company.models import Company
from base.documents.models import Document
from base.mail.models import OutgoingMail
from base.mail.occasions import words_of
from billing.lines import LineInput
from billing.models import Invoice
from contracts.models import Contract
from renewals import quotes
from renewals.invoicing import invoices_of
from renewals.models import RenewalQuote
from renewals.queries import link_token, waiting_for_approval
from tests.chain import quote_behind_invoice, verbs
from tests.factories import UserFactory

TAX = "0.06|3040201030000000000"


def rows(*lines, months="12", version="0", **extra):
    """The edit form as a browser posts it; each line is (text, amount)."""
    data = {"version": version, "months": months, "lines-TOTAL_FORMS": str(len(lines)), "lines-INITIAL_FORMS": "1"}
    for n, (text, gross) in enumerate(lines):
        data |= {f"lines-{n}-text": text, f"lines-{n}-tax": TAX, f"lines-{n}-gross": gross}
    return data | extra


def page(client, address, **params):
    response = client.get(address, params)
    assert response.status_code == 200, response
    return response.content.decode()


# --- list and board ----------------------------------------------------------------------------------------------


def test_the_list_shows_period_price_and_share_of_the_cap(as_, draft):
    html = page(as_("manager"), "/quotes/")
    assert "BJ-" in html
    assert "CNY 240,000.00" in html
    assert "100.0 %" in html


@pytest.mark.parametrize(
    ("quick", "shown"),
    [("to_review", True), ("to_approve", False), ("held", False), ("open", False), ("expires_soon", False)],
)
def test_quick_filters_of_a_draft(as_, draft, quick, shown):
    html = page(as_("manager"), "/quotes/", quick=quick)
    assert (str(draft) in html) is shown


@pytest.mark.parametrize(("quick", "shown"), [("to_review", False), ("open", True), ("expires_soon", False)])
def test_quick_filters_of_a_sent(as_, sent, quick, shown):
    html = page(as_("manager"), "/quotes/", quick=quick)
    assert (str(sent) in html) is shown


def test_a_sent_expires_soon(as_, sent, day):
    RenewalQuote.objects.filter(pk=sent.pk).update(valid_until=day + timedelta(days=14))
    assert str(sent) in page(as_("manager"), "/quotes/", quick="expires_soon")


def test_accepted_this_month(as_, invoice):
    assert str(quote_behind_invoice(invoice)) in page(as_("manager"), "/quotes/", quick="accepted_this_month")


def test_a_card_can_be_dragged_only_where_a_move_leads(as_, sent):
    html = page(as_("manager"), "/quotes/board/")
    assert "&quot;accepted&quot;: &quot;accept&quot;" in html
    assert "&quot;declined&quot;: &quot;decline&quot;" in html
    assert "&quot;sent&quot;" not in html.split(str(sent))[0].rsplit("data-moves", 1)[-1]


def test_of_a_closed_state_the_board_shows_the_newest(as_, sent, monkeypatch):
    manager = as_("manager")
    monkeypatch.setattr("base.ui.views.board.CLOSED_CARDS", 0)
    assert f'href="/quotes/{sent.pk}/"' in page(manager, "/quotes/board/"), "a state in which something is to be done"
    RenewalQuote.objects.filter(pk=sent.pk).update(status="expired")
    html = page(manager, "/quotes/board/")
    assert f'href="/quotes/{sent.pk}/"' not in html
    assert "/quotes/?status=expired" in html


@pytest.mark.parametrize("address", ["/quotes/", "/quotes/board/", "/quotes/?quick=to_approve"])
def test_as_many_queries_for_four_quotes_as_for_two(as_, make_contract, people, now, day, address):
    manager, client = people["manager"], as_("manager")

    def one_more():
        quote = quotes.draft_quote(contract=make_contract(), by=manager, at=now, on=day)
        lines = [LineInput("cheap", quote.lines.get().tax_rate, "", Money("1000.00", "CNY"))]
        quotes.edit_quote(quote=quote, lines=lines, by=manager, at=now)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            page(client, address)
        return [query["sql"] for query in seen]

    one_more()
    one_more()
    queries()
    for_two = queries()
    one_more()
    one_more()
    assert len(queries()) == len(for_two)


# --- sheet -------------------------------------------------------------------------------------------------------


def test_the_sheet_writes_the_cap_out_and_masks_the_link(as_, sent):
    html = page(as_("manager"), f"/quotes/{sent.pk}/")
    assert "CNY 1,200,000.00" in html
    assert "= CNY 240,000.00" in html
    token = link_token(sent)
    assert token not in html
    assert f"/q/…{token[-4:]}/" in html


@pytest.mark.parametrize("role", Role.values)
def test_who_may_look(as_, draft, sent, role):
    status = as_(role).get(f"/quotes/{sent.pk}/").status_code
    assert status == {"service_manager": 403, "engineer": 403, "administrator": 403}.get(role, 200)


def test_finance_does_not_see_drafts(as_, draft):
    assert as_("finance").get(f"/quotes/{draft.pk}/").status_code == 404


def test_a_foreign_quote_is_not_there(as_, draft):
    Contract.objects.update(manager=UserFactory(role=Role.MANAGER))
    assert as_("manager").get(f"/quotes/{draft.pk}/").status_code == 404


# --- editing -----------------------------------------------------------------------------------------------------


def test_lines_are_edited_and_the_price_is_their_sum(as_, draft):
    data = rows(("Maintenance", "200,000.00"), ("Training", "1０000"), ("", ""))
    response = as_("manager").post(f"/quotes/{draft.pk}/edit/", data)
    assert response.status_code == 302, response.content.decode()
    draft.refresh_from_db()
    assert draft.price == Money("210000.00", "CNY")
    assert [line.text for line in draft.lines.all()] == ["Maintenance", "Training"]


def test_a_line_is_taken_out(as_, draft):
    data = rows(("Maintenance", "200000"), ("Training", "10000"), **{"lines-1-DELETE": "on"})
    as_("manager").post(f"/quotes/{draft.pk}/edit/", data)
    draft.refresh_from_db()
    assert draft.price == Money("200000.00", "CNY")


def test_above_the_cap_is_refused_at_the_field_and_nothing_is_lost(as_, draft):
    response = as_("manager").post(f"/quotes/{draft.pk}/edit/", rows(("Maintenance", "240,000.01"), ("Training", "1")))
    html = response.content.decode()
    assert response.status_code == 422
    assert "CNY 240,001.01 is above the renewal cap: CNY 1,200,000.00 × 20 % × 12 / 12 = CNY 240,000.00." in html
    assert 'value="240,000.01"' in html
    draft.refresh_from_db()
    assert draft.price == Money("240000.00", "CNY")


def test_more_months_raise_the_cap(as_, draft):
    response = as_("manager").post(f"/quotes/{draft.pk}/edit/", rows(("Maintenance", "360000"), months="18"))
    assert response.status_code == 302
    draft.refresh_from_db()
    assert (draft.months, draft.price) == (18, Money("360000.00", "CNY"))


@pytest.mark.parametrize(("text", "gross"), [("Maintenance", "much"), ("Maintenance", ""), ("", "12"), ("x", "-1")])
def test_a_line_that_cannot_be_read_is_marked(as_, draft, text, gross):
    response = as_("manager").post(f"/quotes/{draft.pk}/edit/", rows((text, gross)))
    assert response.status_code == 422
    assert "Look at the marked lines." in response.content.decode()


def test_a_quote_needs_a_line(as_, draft):
    response = as_("manager").post(f"/quotes/{draft.pk}/edit/", rows(("", "")))
    assert response.status_code == 422
    assert "A quote needs lines" in response.content.decode()


def test_a_late_save_shows_what_is_stored_now(as_, draft, people, now):
    lines = [LineInput("Other", draft.lines.get().tax_rate, "", Money("230000.00", "CNY"))]
    quotes.edit_quote(quote=draft, lines=lines, by=people["director"], at=now)
    response = as_("manager").post(f"/quotes/{draft.pk}/edit/", rows(("Mine", "220000"), version="0"))
    html = response.content.decode()
    assert response.status_code == 422
    assert "Somebody else changed this record meanwhile" in html
    assert 'value="Mine"' in html
    draft.refresh_from_db()
    assert draft.price == Money("230000.00", "CNY")


def test_a_sent_cannot_be_edited(as_, sent):
    assert as_("manager").post(f"/quotes/{sent.pk}/edit/", rows(("x", "1"))).status_code == 403


def test_the_sum_is_judged_while_typing_and_nothing_is_stored(as_, draft):
    address = reverse("quote_sum", args=[draft.pk])
    html = as_("manager").post(address, rows(("Maintenance", "250,000"), ("", ""))).content.decode()
    assert "CNY 250,000.00" in html
    assert "CNY 10,000.00</span> above the cap" in html
    draft.refresh_from_db()
    assert draft.price == Money("240000.00", "CNY")


def test_one_more_line_keeps_what_was_typed(as_, draft):
    data = rows(("Maintenance", "much"), ("Training", "5"), more="1")
    html = as_("manager").post(reverse("quote_sum", args=[draft.pk]), data).content.decode()
    assert 'value="much"' in html
    assert 'name="lines-2-text"' in html
    assert 'name="lines-3-text"' not in html


# --- moves -------------------------------------------------------------------------------------------------------


def move(client, quote, which, /, **data):
    quote.refresh_from_db()
    return client.post(f"/quotes/{quote.pk}/move/{which}/", {"asked": "1", "version": quote.version, **data})


def test_it_is_sent_after_a_look_at_the_mail(as_, draft):
    client = as_("manager")
    html = page(client, f"/quotes/{draft.pk}/move/send/")
    assert "Contact" in html
    assert link_token(draft) not in html
    draft.refresh_from_db()
    assert draft.status == "draft"
    move(client, draft, "send", confirmed="1")
    draft.refresh_from_db()
    assert draft.status == "sent"
    assert OutgoingMail.objects.get().kind == "renewal_quote"


def test_handed_over_no_mail_is_written_and_the_paper_is_kept(as_, draft):
    move(as_("manager"), draft, "hand_over")
    draft.refresh_from_db()
    assert draft.status == "sent"
    assert not OutgoingMail.objects.exists()
    assert Document.objects.get().key == f"renewal_quote:{draft.pk}"


def test_a_price_far_from_the_rule_waits_for_a_director(as_, draft):
    manager = as_("manager")
    manager.post(f"/quotes/{draft.pk}/edit/", rows(("Maintenance", "200000")))
    assert list(waiting_for_approval(RenewalQuote.objects.all())) == [draft]
    assert str(draft) in page(as_("director"), "/quotes/", quick="to_approve")
    assert "A director must approve this price" in page(manager, f"/quotes/{draft.pk}/")
    assert move(manager, draft, "approve").status_code == 403
    move(manager, draft, "send", confirmed="1")
    draft.refresh_from_db()
    assert draft.status == "draft"
    move(as_("director"), draft, "approve")
    assert not waiting_for_approval(RenewalQuote.objects.all())
    move(manager, draft, "send", confirmed="1")
    draft.refresh_from_db()
    assert draft.status == "sent"


def test_who_set_the_price_is_told_that_another_must_approve(as_, draft):
    director = as_("director")
    director.post(f"/quotes/{draft.pk}/edit/", rows(("Maintenance", "100000")))
    assert "Who set the price cannot approve it." in page(director, f"/quotes/{draft.pk}/")


def test_held_and_released(as_, draft):
    client = as_("manager")
    move(client, draft, "hold", reason="budget talks")
    assert "On hold: budget talks" in page(client, f"/quotes/{draft.pk}/")
    move(client, draft, "release")
    draft.refresh_from_db()
    assert not draft.on_hold


def test_accepted_with_the_customers_paper(as_, sent):
    paper = SimpleUploadedFile("signed.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    move(as_("manager"), sent, "accept", name="Ms Wang", file=paper)
    sent.refresh_from_db()
    assert (sent.status, sent.decided_by_name) == ("accepted", "Ms Wang")
    assert Attachment.objects.get().label == "acceptance"
    assert invoices_of(sent).get().gross == sent.price


def test_a_wrong_file_leaves_the_quote_open(as_, sent):
    paper = SimpleUploadedFile("signed.pdf", b"<html>", "application/pdf")
    response = move(as_("manager"), sent, "accept", name="Ms Wang", file=paper)
    assert response.status_code == 422
    assert "is not what its name says" in response.content.decode()
    sent.refresh_from_db()
    assert sent.status == "sent"
    assert not Invoice.objects.exists()


def test_declined_with_a_reason(as_, sent):
    client = as_("manager")
    assert move(client, sent, "decline", reason="").status_code == 422
    move(client, sent, "decline", reason="too dear", name="Mr Li")
    sent.refresh_from_db()
    assert (sent.status, sent.reason, sent.decided_by_name) == ("declined", "too dear", "Mr Li")


def test_cancelled_with_a_reason(as_, sent):
    move(as_("manager"), sent, "cancel", reason="wrong customer")
    sent.refresh_from_db()
    assert sent.status == "cancelled"
    assert sent.link.revoked


def test_a_new_version_says_so_on_the_old_one(as_, sent):
    client = as_("manager")
    response = move(client, sent, "revise")
    newer = RenewalQuote.objects.get(revision=2)
    assert response["Location"] == f"/quotes/{newer.pk}/"
    assert f"/quotes/{newer.pk}/" in page(client, f"/quotes/{sent.pk}/")
    assert str(newer) in page(client, f"/quotes/{newer.pk}/", tab="versions")


def test_an_acceptance_is_taken_back_until_the_invoice_is_issued(as_, invoice):
    quote = quote_behind_invoice(invoice)
    Invoice.objects.filter(pk=invoice.pk).update(
        status="issued", tax_invoice_number="2" * 20, tax_invoice_on=invoice.on
    )
    assert "The tax invoice is issued: credit it instead." in page(as_("manager"), f"/quotes/{quote.pk}/")
    Invoice.objects.filter(pk=invoice.pk).update(status="draft", tax_invoice_number="", tax_invoice_on=None)
    move(as_("manager"), quote, "withdraw", reason="wrong one")
    quote.refresh_from_db()
    assert (quote.status, quote.term) == ("sent", None)


@pytest.mark.parametrize("role", ["finance", "auditor"])
@pytest.mark.parametrize("name", ["accept", "decline", "cancel", "revise"])
def test_lookers_make_no_moves(as_, sent, role, name):
    assert move(as_(role), sent, name, name="x", reason="y").status_code == 403
    sent.refresh_from_db()
    assert sent.status == "sent"


# --- papers ------------------------------------------------------------------------------------------------------


def test_a_draft_is_shown_as_pdf_and_not_stored(as_, draft):
    response = as_("manager").get(reverse("quotes_paper", args=[draft.pk, "quote"]))
    assert response.content.startswith(b"%PDF")
    assert not Document.objects.exists()


def test_what_left_the_house_is_given_out_as_it_was(as_, draft):
    client = as_("manager")
    move(client, draft, "hand_over")
    document = Document.objects.get()
    with document.file.open() as stored:
        kept = stored.read()
    Company.objects.update(name="Another name")
    address = reverse("quotes_document", args=[draft.pk, document.pk])
    assert b"".join(client.get(address).streaming_content) == kept
    assert b"".join(client.get(reverse("quotes_paper", args=[draft.pk, "quote"])).streaming_content) == kept
    assert address in page(client, f"/quotes/{draft.pk}/", tab="papers")


def test_the_mail_is_shown_with_its_link_masked(as_, draft):
    html = page(as_("manager"), reverse("quote_mail", args=[draft.pk]))
    assert "CNY 240,000.00" in html or "¥240,000.00" in html
    assert link_token(draft) not in html
    assert not OutgoingMail.objects.exists()


# --- from the contract -------------------------------------------------------------------------------------------


def test_a_quote_is_made_from_the_contract(as_, contract):
    client = as_("manager")
    address = f"/contracts/{contract.pk}/move/quote/"
    assert "Reference price" in client.post(address, {"asked": "1", "months": "24"}).content.decode()
    client.post(address, {"asked": "1", "months": "24", "confirmed": "1"})
    quote = RenewalQuote.objects.get()
    assert quote.months == 24
    assert str(quote) in page(client, f"/contracts/{contract.pk}/", tab="quotes")


def test_the_sheets_words_are_those_of_the_trade(as_, people, draft):
    people["manager"].language = "zh-hans"
    people["manager"].save()
    html = as_("manager").get(f"/quotes/{draft.pk}/").content.decode()
    assert "<h2>发送信息</h2>" in html
    assert "断保期" in html


def test_lapsed_coverage_is_quoted_from_a_later_day_and_the_gap_is_shown(as_, make_contract, day):
    contract, client = make_contract(ends_in=-30), as_("manager")
    data = {"asked": "1", "months": "12", "first_day": day.isoformat()}
    html = client.post(f"/contracts/{contract.pk}/move/quote/", data).content.decode()
    assert "this gap stays" in html
    client.post(f"/contracts/{contract.pk}/move/quote/", {**data, "confirmed": "1"})
    quote = RenewalQuote.objects.get()
    assert quote.first_day == day
    assert "29 days" in page(client, f"/quotes/{quote.pk}/")


def test_an_overlapping_day_is_refused_at_the_field(as_, contract, day):
    data = {"asked": "1", "months": "12", "first_day": day.isoformat()}
    response = as_("manager").post(f"/contracts/{contract.pk}/move/quote/", data)
    assert response.status_code == 422
    assert "It would overlap the term until" in response.content.decode()


# --- this one mail, and its link ---------------------------------------------------------------------------------


def test_the_manager_words_this_one_mail_before_it_leaves(as_, draft):
    manager = as_("manager")
    address = f"/quotes/{draft.pk}/move/send_worded/"
    assert "{link}" in page(manager, address)
    words = {
        "asked": "1",
        "version": str(draft.version),
        "subject": "As we discussed",
        "wording": "Hello {reader}: {link}",
    }
    assert manager.post(address, words | {"wording": " "}).status_code == 422
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert manager.post(address, words).status_code == 302
    mail = OutgoingMail.objects.get(target_id=draft.pk, kind="renewal_quote")
    assert (mail.subject, mail.text, mail.edited) == ("As we discussed", "Hello {reader}: {link}", True)
    assert link_token(draft) in words_of(mail)


def test_the_link_is_told_once_to_who_may_send_and_the_log_says_so(as_, sent):
    manager, address = as_("manager"), f"/quotes/{sent.pk}/move/copy_link/"
    secret = link_token(sent)
    assert secret not in page(manager, address)
    assert secret not in page(manager, f"/quotes/{sent.pk}/")
    assert "link_copied" not in verbs(sent)
    answer = manager.post(address, {"asked": "1"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert f"/q/{secret}/" in answer.content.decode()
    assert verbs(sent).count("link_copied") == 1
    for role in ("finance", "auditor"):
        assert as_(role).post(address, {"asked": "1"}).status_code == 403


def test_what_cannot_be_read_is_told_in_the_running_sum_and_never_taken_for_nothing(as_, draft):
    manager, address = as_("manager"), reverse("quote_sum", args=[draft.pk])
    html = manager.post(address, rows(("Maintenance", "28万5"))).content.decode()
    assert "28万5" in html
    assert "0.00" not in html
    assert "CNY 280,000.00" in manager.post(address, rows(("Maintenance", "28万"))).content.decode()
