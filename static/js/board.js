// Cards dragged from column to column: dropping one makes the move that leads there, on the server, or puts it back.
import Sortable from "../vendor/sortable/sortable.core.esm.js";

const stacks = [...document.querySelectorAll(".stack")];
const movesOf = (card) => JSON.parse(card.dataset.moves);

const mark = (card) => stacks.forEach((stack) => {
  const here = stack.contains(card);
  stack.classList.toggle("may-drop", !here && stack.dataset.status in movesOf(card));
  stack.classList.toggle("no-drop", !here && !(stack.dataset.status in movesOf(card)));
});
const unmark = () => stacks.forEach((stack) => stack.classList.remove("may-drop", "no-drop"));

const carryOut = (card, move, putBack) => {
  const url = card.dataset.moveUrl.replace("NAME", move);
  // The server decides whether it asks first: then its question opens, and the card waits where it was.
  htmx.ajax("POST", url, { target: "#dialog", swap: "innerHTML", values: { version: card.dataset.version, drag: "1" } });
  document.body.addEventListener("htmx:afterRequest", putBack, { once: true });
};

stacks.forEach((stack) => new Sortable(stack.querySelector(".cards"), {
  group: "board",
  sort: false,
  draggable: ".movable",
  ghostClass: "card-ghost",
  animation: 120,
  delay: 120,
  delayOnTouchOnly: true,
  onStart: (event) => mark(event.item),
  onMove: (event) => {
    const target = event.to.closest(".stack");
    return target.contains(event.dragged) || target.dataset.status in movesOf(event.dragged);
  },
  onEnd: (event) => {
    unmark();
    if (event.from === event.to) return;
    const card = event.item;
    const putBack = () => event.from.insertBefore(card, event.from.children[event.oldIndex] ?? null);
    carryOut(card, movesOf(card)[event.to.closest(".stack").dataset.status], putBack);
  },
}));
