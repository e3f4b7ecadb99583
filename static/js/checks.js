// What is typed in a machine room without reception is kept in the browser until the server has it.
(() => {
  const root = document.querySelector("[data-checks]");
  if (!root) return;
  const keyOf = (form) => `checks-${form.dataset.draft}`;
  const read = (form) => JSON.parse(localStorage.getItem(keyOf(form)) || "{}");
  const write = (form, drafts) => {
    if (Object.keys(drafts).length) localStorage.setItem(keyOf(form), JSON.stringify(drafts));
    else localStorage.removeItem(keyOf(form));
    form.closest("details").classList.toggle("is-unsent", Object.keys(drafts).length > 0);
  };
  const versionOf = (form, name) => form.elements[`version-${name.split("-")[1]}`];

  const keep = (event) => {
    const form = event.target.closest("form[data-draft]");
    const name = event.target.name || "";
    if (!form || !/^(state|value|note)-\d+$/.test(name)) return;
    write(form, { ...read(form), [name]: { value: event.target.value, version: versionOf(form, name).value, at: Date.now() } });
  };
  document.addEventListener("input", keep);
  document.addEventListener("change", keep);

  // What was typed while a save was on its way belongs to the next one.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt.closest("form[data-draft]");
    if (form) event.detail.xhr.sentAt = Date.now();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest("form[data-draft]");
    if (!form || event.detail.xhr.status !== 200) return;
    const drafts = read(form);
    for (const [name, draft] of Object.entries(drafts)) if (draft.at <= event.detail.xhr.sentAt) delete drafts[name];
    write(form, drafts);
  });

  const restore = (form) => {
    let restored = false;
    for (const [name, draft] of Object.entries(read(form))) {
      const input = form.elements[name];
      if (!input || input.value === draft.value) continue;
      input.value = draft.value;
      // On the version it was typed on: what somebody else stored since is not overwritten unseen.
      versionOf(form, name).value = draft.version;
      restored = true;
    }
    if (!restored) return write(form, {});
    form.closest("details").open = true;
    form.closest("details").classList.add("is-unsent");
    form.querySelector(".saved").textContent = root.dataset.saysRestored;
    htmx.trigger(form, "change");
  };
  window.addEventListener("load", () => document.querySelectorAll("form[data-draft]").forEach(restore));

  document.addEventListener("click", (event) => {
    const chip = event.target.closest(".checks-areas a[data-area]");
    if (chip) document.querySelector(chip.getAttribute("href")).open = true;
  });
  // A finding was written: the dialogue has done its work.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "problems") document.getElementById("dialog").close();
  });
})();
