"use strict";
/* The address bar keeps the position: #slide=12&lang=ko&detail=full, and &numbers=1 while
   slides show numbers. */

const SETTLED = 180; // ms; pages that are turned faster than this are one entry of the history

let pending = 0;

/* Where the address leads; what it does not say stays as it is. */
function fromAddress() {
  if (location.hash && !location.hash.includes("=")) {
    return { ...here }; // a link into the page itself
  }
  const asked = new URLSearchParams(location.hash.slice(1));
  const language = LANGUAGES.includes(asked.get("lang")) ? asked.get("lang") : here.language;
  const detail = DETAILS.includes(asked.get("detail")) ? asked.get("detail") : here.detail;
  const count = story(language, detail).slides.length;
  const number = Number.parseInt(asked.get("slide") ?? "1", 10);
  const slide = Number.isFinite(number) ? Math.min(Math.max(number, 1), count) - 1 : 0;
  return { slide, language, detail, numbers: asked.get("numbers") === "1" };
}

function address() {
  const place = `#slide=${here.slide + 1}&lang=${here.language}&detail=${here.detail}`;
  return here.numbers ? `${place}&numbers=1` : place;
}

/* Write the position down once the reader rests. */
function keepAddress() {
  clearTimeout(pending);
  pending = setTimeout(() => {
    if (location.hash !== address()) {
      history[location.hash ? "pushState" : "replaceState"](null, "", address());
    }
  }, SETTLED);
}

/* The slide of another language or detail that shows what this one shows, or what led to it. */
function sameSlide(number, from, to) {
  if (from.slides.length === to.slides.length && from.scenes.length === to.scenes.length) {
    return number; // another language tells the same slides
  }
  const places = new Map();
  to.slides.forEach((_, i) => {
    for (const key of keysOf(i, to)) {
      places.set(key, places.get(key) ?? i);
    }
  });
  for (let i = number; i > 0; i -= 1) {
    const found = keysOf(i, from).map((key) => places.get(key)).find((place) => place !== undefined);
    if (found !== undefined) {
      return found;
    }
  }
  return 0;
}

/* What a slide shows, in words that every detail shares. */
function keysOf(number, told) {
  const slide = slideAt(number, told);
  const about = slide.scene.about || spelled(slide.scene.title);
  const fresh = newLines(slide);
  if (!fresh.length) {
    return [`${about}/${slide.block < 0 ? "" : spelled(slide.scene.blocks[slide.block].text ?? [])}`];
  }
  return fresh.map(([left, right]) => `${about}/${plain(left)}=${plain(right)}`);
}
