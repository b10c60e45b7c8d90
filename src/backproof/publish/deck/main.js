"use strict";
/* The one place that turns pages. */

const stage = document.getElementById("stage");
let network = drawNetwork();

/* Go to a place: a slide, and if asked a language, a detail, and whether there are numbers. */
function turn({
  slide = here.slide,
  language = here.language,
  detail = here.detail,
  numbers: numbered = here.numbers,
}) {
  const told = story(language, detail);
  const repictured = numbered !== here.numbers || language !== here.language;
  const renewed = repictured || detail !== here.detail;
  const to = Math.min(Math.max(slide, 0), told.slides.length - 1);
  if (!renewed && to === here.slide && stage.firstElementChild) {
    return;
  }
  const forward = to > here.slide;
  Object.assign(here, { slide: to, language, detail, numbers: numbered });
  if (repictured) {
    network = showsNumbers() ? numberedNetwork() : drawNetwork();
  }
  show(forward && !renewed);
  keepAddress();
}

/* Another language or detail, at the same place as well as possible. */
function retell(change) {
  const from = story();
  const to = story(change.language ?? here.language, change.detail ?? here.detail);
  turn({ ...change, slide: sameSlide(here.slide, from, to) });
}

function show(animated) {
  hideCard();
  document.documentElement.lang = here.language;
  document.title = say("name", { title: spelled(story().scenes[0].title), file: DATA.file });
  const slide = slideAt(here.slide);
  const section = drawSlide(here.slide);
  section.classList.toggle("arriving", animated);
  placeNetwork(section, network, slide);
  stage.replaceChildren(section);
  fit(section);
  reachable(section);
  settle();
  announce(slide);
  updateSpeaker();
}

/* The picture of the network beside the slide that it belongs to. */
function placeNetwork(section, figure, slide) {
  section.dataset.network = figure.dataset.shape ?? "";
  light(figure, slide);
  section.append(figure);
}

/* Tell a reader who does not see the slide what is new on it. */
function announce(slide) {
  const parts = [];
  for (const [left, right, why] of newLines(slide)) {
    parts.push(...(left < 0 ? [] : [formula(left)]), sign("="), formula(right), " ", ...said(why));
  }
  const block = slide.scene.blocks[slide.block];
  if (block?.text) {
    parts.push(...said(block.text));
  }
  if (!parts.length) {
    parts.push(...said(slide.scene.title));
  }
  document.getElementById("live").replaceChildren(...parts);
}

Object.assign(here, fromAddress());
network = showsNumbers() ? numberedNetwork() : network;
restoreTheme();
buildMenus();
show(false);
window.addEventListener("hashchange", () => turn(fromAddress()));
window.addEventListener("popstate", () => turn(fromAddress()));
new ResizeObserver(() => {
  const section = stage.firstElementChild;
  if (section) {
    redraw();
  }
}).observe(stage);

/* Draw the slide again, for a window of another size. */
function redraw() {
  const section = drawSlide(here.slide);
  placeNetwork(section, network, slideAt(here.slide));
  stage.replaceChildren(section);
  fit(section);
  reachable(section);
}

/* Every quantity of the new line can be reached with the keyboard, once. */
function reachable(section) {
  const seen = new Set();
  for (const symbol of section.querySelectorAll(".new [data-quantity]")) {
    const { quantity, transpose } = symbol.dataset;
    const key = `${quantity} ${transpose !== undefined}`;
    if (DATA.quantities[quantity] && !seen.has(key)) {
      seen.add(key);
      symbol.setAttribute("tabindex", "0");
    }
  }
}
document.fonts.ready.then(() => {
  rulings.clear(); // of another font
  redraw();
});
