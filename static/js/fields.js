// Relation fields: searched on the server while typing, so that any number of records is no burden.
(() => {
  const says = document.body.dataset;

  const dress = (select) => {
    if (select.tomselect || !select.dataset.options) return;
    let asking = null;
    new TomSelect(select, {
      valueField: "value",
      labelField: "text",
      searchField: [],
      score: () => () => 1,
      sortField: [{ field: "$order" }],
      maxOptions: 50,
      preload: "focus",
      allowEmptyOption: false,
      placeholder: says.saysType,
      hidePlaceholder: true,
      plugins: select.multiple ? ["remove_button"] : ["clear_button", "dropdown_input"],
      shouldLoad: () => true,
      load(query, done) {
        // An answer to what was typed before is none to what is typed now.
        asking?.abort();
        const mine = (asking = new AbortController());
        const url = new URL(select.dataset.options, location.href);
        url.searchParams.set("q", query);
        this.clearOptions();
        fetch(url, { headers: { Accept: "application/json" }, signal: mine.signal })
          .then((answer) => (answer.ok ? answer.json() : { options: [] }))
          .then((found) => done(mine === asking ? found.options : []))
          .catch(() => done());
      },
      // The label is the input's now; what is left of the select is for the form alone.
      onInitialize() { select.setAttribute("aria-hidden", "true"); },
      render: {
        no_results: () => {
          const none = document.createElement("div");
          none.className = "no-results";
          none.textContent = says.saysNone;
          return none;
        },
      },
    });
  };

  const dressAll = (root) => root.querySelectorAll("select[data-relation]").forEach(dress);
  dressAll(document);
  document.addEventListener("htmx:load", (event) => dressAll(event.detail.elt));
})();
