// What the screens do beyond plain links and forms. Everything works without it, only less smoothly.
(() => {
  const dialog = document.getElementById("dialog");

  // --- lists -------------------------------------------------------------------------------------------------------
  const shownRows = (form) => [...form.querySelectorAll('input[name="id"]')];

  const countPicked = (form) => {
    const boxes = shownRows(form);
    const picked = boxes.filter((box) => box.checked);
    const bar = form.querySelector("[data-bulkbar]");
    if (!bar) return;
    bar.hidden = picked.length === 0;
    bar.querySelector("[data-picked]").textContent = picked.length;
    const all = form.querySelector("[data-pick-all]");
    all.checked = picked.length > 0 && picked.length === boxes.length;
    all.indeterminate = picked.length > 0 && picked.length < boxes.length;
    const everything = bar.querySelector("[data-pick-everything]");
    if (everything && !all.checked) everything.checked = false;
    boxes.forEach((box) => box.closest("tr").classList.toggle("picked", box.checked));
  };

  const openGroup = (opener) => {
    const row = opener.closest("tr");
    const depth = Number(row.dataset.depth);
    if (opener.getAttribute("aria-expanded") === "true") {
      while (row.nextElementSibling && Number(row.nextElementSibling.dataset.depth) > depth) row.nextElementSibling.remove();
      opener.setAttribute("aria-expanded", "false");
      return;
    }
    opener.setAttribute("aria-expanded", "true");
    htmx.ajax("GET", location.pathname + opener.dataset.url, { target: row, swap: "afterend", source: opener });
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("a.opener");
    if (opener && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      openGroup(opener);
      return;
    }
    const row = event.target.closest("tr.line[data-href]");
    if (row && !event.target.closest("a, button, input, label, summary") && !String(window.getSelection())) {
      const link = row.querySelector("a.row-link");
      if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
      else link.click();
    }
    if (event.target.closest("[data-close]")) dialog.close();
    const copy = event.target.closest("[data-copy]");
    if (copy) copyText(copy);
    const opens = event.target.closest("[data-opens]");
    if (opens) compose(opens);
    if (event.target.closest("[data-back]") && history.length > 1) {
      event.preventDefault();
      history.back();
    }
    if (event.target === dialog) dialog.close();
  });

  // Without the clipboard of a secure page the text is selected, to be copied by hand.
  async function copyText(button) {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand("copy")) return;
    }
    button.lastElementChild.textContent = button.dataset.copied;
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("#rows-form");
    if (!form) return;
    if (event.target.matches("[data-pick-all]")) shownRows(form).forEach((box) => { box.checked = event.target.checked; });
    countPicked(form);
  });

  // --- beside the sheet --------------------------------------------------------------------------------------------
  const compose = (button) => {
    const composer = button.closest("[data-composer]");
    const wanted = document.getElementById(button.dataset.opens);
    const open = !wanted.classList.contains("open");
    composer.querySelectorAll(".composer-form").forEach((form) => form.classList.toggle("open", form === wanted && open));
    composer.querySelectorAll("[data-opens]").forEach((each) => each.setAttribute("aria-expanded", String(each === button && open)));
    if (!open) return;
    // A form may fetch its fields when it is opened for the first time; they take the focus once they are there.
    wanted.addEventListener("htmx:afterSettle", () => focusFirst(wanted), { once: true });
    htmx.trigger(wanted, "compose");
    focusFirst(wanted);
  };
  const focusFirst = (form) => form.querySelector("textarea, input:not([type=hidden]), select")?.focus();

  const showTab = (link) => {
    const list = link.closest("[role=tablist]");
    list.querySelectorAll("[role=tab]").forEach((each) => {
      each.classList.toggle("active", each === link);
      each.setAttribute("aria-selected", String(each === link));
      each.tabIndex = each === link ? 0 : -1;
    });
    document.getElementById("tab-body").setAttribute("aria-labelledby", link.id);
    const url = new URL(location.href);
    url.searchParams.set("tab", link.dataset.tab);
    history.replaceState(history.state, "", url);
  };

  // --- keyboard ----------------------------------------------------------------------------------------------------
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !typing(event.target) && !dialog.open) {
      event.preventDefault();
      document.getElementById("global-search")?.focus();
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") event.target.closest("form")?.requestSubmit();
    if (event.key === "Backspace" && event.target.matches("[data-search]") && !event.target.value) {
      const facets = event.target.form.querySelectorAll(".facet > a");
      facets[facets.length - 1]?.click();
    }
    if (event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight") && !typing(event.target)) {
      const link = document.querySelector(`[data-key=${event.key === "ArrowLeft" ? "previous" : "next"}][href]`);
      if (link) { event.preventDefault(); link.click(); }
    }
    const tab = event.target.closest("[role=tab]");
    if (tab && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      const tabs = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];
      const next = tabs[(tabs.indexOf(tab) + (event.key === "ArrowRight" ? 1 : tabs.length - 1)) % tabs.length];
      next.focus();
      next.click();
    }
    if (event.target.closest(".topbar-search")) searchKeys(event);
  });

  const searchKeys = (event) => {
    const box = document.querySelector(".topbar-search");
    const stops = [box.querySelector("input"), ...box.querySelectorAll("#hits a")];
    const here = stops.indexOf(document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      stops[(here + (event.key === "ArrowDown" ? 1 : stops.length - 1)) % stops.length].focus();
    } else if (event.key === "Escape") {
      document.getElementById("hits").replaceChildren();
      stops[0].blur();
    }
  };

  document.addEventListener("focusin", (event) => {
    if (!event.target.closest(".topbar-search")) document.getElementById("hits")?.replaceChildren();
  });

  // --- forms -------------------------------------------------------------------------------------------------------
  // One click, one request; and what was typed is not lost by leaving the page unawares.
  let unsaved = false;
  document.addEventListener("input", (event) => { if (event.target.closest("[data-guard]")) unsaved = true; });
  document.addEventListener("submit", (event) => {
    unsaved = false;
    const button = event.submitter;
    if (button?.matches("[data-once]")) setTimeout(() => { button.disabled = true; });
  });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("[data-once]:disabled").forEach((button) => { button.disabled = false; });
  });

  // --- htmx --------------------------------------------------------------------------------------------------------
  document.addEventListener("htmx:configRequest", (event) => {
    // What a page fetches by itself keeps no session alive (base/accounts/middleware.py).
    if (!event.detail.triggeringEvent) event.detail.headers["X-Unattended"] = "1";
    // Empty inputs say nothing: they stay out of the address.
    if (event.detail.verb !== "get") return;
    for (const [name, value] of [...event.detail.formData.entries()]) if (value === "") event.detail.formData.delete(name);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === dialog) dialog.open || dialog.showModal();
    // What refuses a dialogue's question is said in it, above what was typed; the page behind is dimmed.
    if (event.detail.target?.id === "messages" && dialog.open) dialog.prepend(...event.detail.target.children);
    if (event.target.id === "screen" || event.detail.target?.id === "screen") {
      unsaved = false;
      const title = document.querySelector(".sheet-title, .panel h1");
      if (title) document.title = `${title.textContent.trim()} · ${document.title.split(" · ").pop()}`;
    }
    const refusal = document.querySelector("[data-focus]");
    if (refusal) refusal.focus();
    const first = dialog.open && dialog.querySelector("input:not([type=hidden]), select, textarea");
    if (first && event.detail.target === dialog) first.focus();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const link = event.detail.elt.closest("[role=tab]");
    if (link && event.detail.successful) showTab(link);
    event.detail.elt.querySelectorAll?.("[data-once]:disabled").forEach((button) => { button.disabled = false; });
  });
  document.addEventListener("htmx:beforeRequest", () => document.body.classList.add("is-busy"));
  document.addEventListener("htmx:afterSettle", () => document.body.classList.remove("is-busy"));
  const complain = (text) => {
    document.body.classList.remove("is-busy");
    const alert = document.createElement("div");
    alert.className = "alert alert-danger alert-dismissible";
    alert.setAttribute("role", "alert");
    const words = document.createElement("div");
    words.textContent = text;
    const close = document.createElement("button");
    Object.assign(close, { type: "button", className: "btn-close", ariaLabel: document.body.dataset.saysClose });
    close.dataset.bsDismiss = "alert";
    alert.append(words, close);
    document.getElementById("messages").replaceChildren(alert);
    if (dialog.open) dialog.close();
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    // Logged out meanwhile: what came is the log-in, which belongs on a page of its own.
    if (new URL(event.detail.xhr.responseURL).pathname.startsWith("/accounts/login/") && !location.pathname.startsWith("/accounts/")) {
      event.detail.shouldSwap = false;
      unsaved = false;
      location.reload();
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    // The server's own page says what is wrong: its words are enough here.
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const words = [...page.querySelectorAll("main h1, main h1 ~ p:not(.entrance-links)")].map((each) => each.textContent.trim());
    complain(words.join(" ") || event.detail.xhr.statusText);
  });
  document.addEventListener("htmx:sendError", () => complain(document.body.dataset.saysOffline));
  dialog.addEventListener("close", () => dialog.replaceChildren());

  // Messages that bring good news leave by themselves.
  setTimeout(() => document.querySelectorAll("#messages .alert-success").forEach((each) => each.remove()), 8000);
})();
