"use strict";
// Showing only one verdict, and going from finding to finding.
(() => {
  const main = document.querySelector("main");
  const cards = [...document.querySelectorAll(".card")];
  const filters = [...document.querySelectorAll("[data-show]")].filter((b) => b !== main);
  let current = -1;

  function show(verdict) {
    for (const button of filters) {
      button.setAttribute("aria-pressed", String(button.dataset.show === verdict));
    }
    for (const kept of main.querySelectorAll(".kept")) kept.classList.remove("kept");
    if (!verdict) {
      delete main.dataset.show;
      return;
    }
    main.dataset.show = verdict;
    for (const found of main.querySelectorAll(`[data-verdict="${verdict}"]`)) {
      found.classList.add("kept");
      if (found.matches(".card")) above(found)?.classList.add("kept");
      found.closest(".display")?.classList.add("kept");
    }
    for (const note of main.children) headed(note);
  }

  // The heading and the cell that what is shown stands under.
  function headed(note) {
    let over = [];
    for (const entry of note.children) {
      if (entry.matches(".cell")) over = [...over.filter((e) => !e.matches(".cell")), entry];
      else if (entry.querySelector(":scope > h3")) over = [entry];
      else if (entry.matches(".kept")) for (const above of over) above.classList.add("kept");
    }
  }

  // The row or the passage that a card is about.
  function above(card) {
    let before = card.previousElementSibling;
    while (before && before.matches(".card")) before = before.previousElementSibling;
    return before;
  }

  function step(by) {
    const shown = cards.filter((card) => !main.dataset.show || card.matches(".kept"));
    if (!shown.length) return;
    const here = shown.indexOf(document.activeElement?.closest(".card"));
    const from = here >= 0 ? here : shown.indexOf(cards[current]);
    const next = from < 0 ? (by > 0 ? 0 : shown.length - 1) : from + by;
    const card = shown[(next + shown.length) % shown.length];
    current = cards.indexOf(card);
    card.focus({ preventScroll: true });
    (above(card) ?? card).scrollIntoView({ block: "center" });
  }

  for (const button of filters) {
    button.addEventListener("click", () => show(button.dataset.show));
  }
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(button.dataset.step === "next" ? 1 : -1));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "n") step(1);
    else if (event.key === "p") step(-1);
  });

  // What is wider than its place can be scrolled with the keyboard too. The page says what may be
  // too wide; what comes near is measured. (To measure all of a long note would lay it all out.)
  const measured = new IntersectionObserver(
    (seen) => {
      const near = seen.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
      const wide = near.map((box) => box.scrollWidth > box.clientWidth);
      near.forEach((box, i) => {
        if (wide[i]) box.tabIndex = 0;
        else if (box !== document.activeElement) box.removeAttribute("tabindex");
      });
    },
    { rootMargin: "800px" },
  );
  const watch = () => {
    for (const box of document.querySelectorAll(".maths, .words, .scroll")) {
      measured.unobserve(box);
      measured.observe(box);
    }
  };
  addEventListener("resize", watch);
  watch();
})();
