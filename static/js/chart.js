// Charts: <div class="chart" data-chart="ID"></div> draws the ECharts option in <script type="application/json" id="ID">.
// Functions cannot stand in JSON, so a series may say "link": a pattern such as "/contracts/?in=status={key}" whose {key}
// is each datum's own `key`; clicking it leads to its rows. The table behind a chart is the template's, for those who
// cannot see it.
(() => {
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const base = () => ({
    color: [style("--wb-chart"), "#d9893b", "#7f63bd", "#3f8fd0", "#c2506b", "#8a9a3c"],
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: style("--wb-ink") },
    grid: { left: 8, right: 16, top: 36, bottom: 8, containLabel: true },
    tooltip: {
      renderMode: "richText",
      trigger: "item",
      confine: true,
      backgroundColor: style("--wb-paper"),
      borderColor: style("--wb-line"),
      textStyle: { color: style("--wb-ink") },
    },
    animationDuration: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 400,
  });

  const axis = (given) => ({
    ...given,
    axisLine: { lineStyle: { color: style("--wb-line") } },
    axisLabel: { color: style("--wb-quiet"), ...given.axisLabel },
    splitLine: { lineStyle: { color: style("--wb-line") } },
  });

  const draw = (place) => {
    const data = document.getElementById(place.dataset.chart);
    if (!data || place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    const chart = echarts.init(place, null, { renderer: "svg" });
    const paint = () => {
      const option = JSON.parse(data.textContent);
      for (const name of ["xAxis", "yAxis"]) if (option[name]) option[name] = [].concat(option[name]).map(axis);
      const house = base();
      if (option.legend) option.legend = { top: 0, bottom: "auto", textStyle: { color: style("--wb-ink") }, ...option.legend };
      option.series = [].concat(option.series ?? []).map((each) => ({
        barMaxWidth: 44,
        ...each,
        label: { color: style("--wb-ink"), textBorderWidth: 0, ...each.label },
      }));
      chart.setOption({ ...house, ...option, tooltip: { ...house.tooltip, ...option.tooltip, renderMode: "richText" } }, true);
    };
    paint();
    chart.on("click", (event) => {
      const series = chart.getOption().series[event.seriesIndex];
      const key = event.data?.key ?? event.name;
      if (series?.link) location.assign(series.link.replace("{key}", encodeURIComponent(key)));
    });
    new ResizeObserver(() => chart.resize()).observe(place);
    new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  };

  const drawAll = (root) => root.querySelectorAll("[data-chart]").forEach(draw);
  drawAll(document);
  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
})();
