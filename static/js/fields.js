// Relation fields: searched on the server while typing, so that any number of records is no burden.
(() => {
  const words = document.documentElement.lang.startsWith("zh")
    ? { none: "没有找到", more: "输入以查找" }
    : { none: "Nothing found", more: "Type to search" };

  const dress = (select) => {
    if (select.tomselect || !select.dataset.options) return;
    new TomSelect(select, {
      valueField: "value",
      labelField: "text",
      searchField: [],
      score: () => () => 1,
      sortField: [{ field: "$order" }],
      maxOptions: 50,
      preload: "focus",
      allowEmptyOption: false,
      placeholder: words.more,
      hidePlaceholder: true,
      plugins: select.multiple ? ["remove_button"] : ["clear_button", "dropdown_input"],
      shouldLoad: () => true,
      load(query, done) {
        const url = new URL(select.dataset.options, location.href);
        url.searchParams.set("q", query);
        this.clearOptions();
        fetch(url, { headers: { Accept: "application/json" } })
          .then((answer) => (answer.ok ? answer.json() : { options: [] }))
          .then((found) => done(found.options))
          .catch(() => done());
      },
      render: { no_results: () => `<div class="no-results">${words.none}</div>` },
    });
  };

  const dressAll = (root) => root.querySelectorAll("select[data-relation]").forEach(dress);
  dressAll(document);
  document.addEventListener("htmx:load", (event) => dressAll(event.detail.elt));
})();
