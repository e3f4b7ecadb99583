// A signature drawn with a finger or a mouse, kept as a PNG in the form.
(() => {
  const dress = (pad) => {
    if (pad.dataset.dressed) return;
    pad.dataset.dressed = "yes";
    const canvas = pad.querySelector("canvas");
    const input = pad.querySelector("input");
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    // Dark on nothing: it is printed on white paper, whatever the screen's theme is.
    const drawn = new SignaturePad(canvas, { penColor: "#10204a" });
    if (input.value) drawn.fromDataURL(input.value, { ratio });
    drawn.addEventListener("endStroke", () => { input.value = drawn.toDataURL("image/png"); });
    pad.querySelector("[data-clear]").addEventListener("click", () => {
      drawn.clear();
      input.value = "";
    });
  };

  const dressAll = (root) => root.querySelectorAll("[data-signature]").forEach(dress);
  dressAll(document);
  document.addEventListener("htmx:load", (event) => dressAll(event.detail.elt));
})();
