// The month: entries come from the server for the days shown, narrowed by the same search as the list.
(() => {
  const place = document.getElementById("month");
  const calendar = new FullCalendar.Calendar(place, {
    initialView: window.innerWidth < 768 ? "listMonth" : "dayGridMonth",
    initialDate: place.dataset.today,
    now: place.dataset.today,
    locale: document.documentElement.lang.startsWith("zh") ? "zh-cn" : "en-gb",
    firstDay: 1,
    height: "auto",
    dayMaxEvents: 5,
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    headerToolbar: { start: "prev,next today", center: "title", end: "dayGridMonth,listMonth" },
    events: {
      url: place.dataset.feed,
      extraParams: Object.fromEntries(new URLSearchParams(location.search)),
      failure: () => { place.querySelector(".fc-toolbar")?.insertAdjacentText("afterend", place.dataset.failure); },
    },
  });
  calendar.render();
})();
