"use strict";
/* Keys, clicks and touches. */

const next = () => turn({ slide: here.slide + 1 });
const previous = () => turn({ slide: here.slide - 1 });

function cycle(values, value, step = 1) {
  return values[(values.indexOf(value) + step + values.length) % values.length];
}

const ON_KEY = {
  ArrowRight: next,
  ArrowDown: next,
  PageDown: next,
  " ": next,
  ArrowLeft: previous,
  ArrowUp: previous,
  PageUp: previous,
  Home: () => turn({ slide: 0 }),
  End: () => turn({ slide: story().slides.length - 1 }),
  "?": showKeys,
  o: showOverview,
  s: showSpeaker,
  d: () => retell({ detail: cycle(DETAILS, here.detail) }),
  D: () => retell({ detail: cycle(DETAILS, here.detail, -1) }),
  l: () => retell({ language: cycle(LANGUAGES, here.language) }),
  t: nextTheme,
  n: toggleNumbers,
  p: showPlayground,
  Escape: hideCard,
};

/* With a Korean keyboard the same keys send other letters. */
const KOREAN = { ㅐ: "o", ㄴ: "s", ㅇ: "d", ㅣ: "l", ㅅ: "t", ㅜ: "n", ㅔ: "p" };

function onKey(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) {
    return;
  }
  if (document.querySelector("dialog[open]") && event.view === window) {
    return;
  }
  const target = event.target;
  if (target.closest?.("input, select, textarea, .panel")) {
    return;
  }
  const pressing = target.closest?.("button, a") && (event.key === " " || event.key === "Enter");
  const scrolling = target.closest?.(".scrolls") && /^(Arrow(Up|Down)|Page)/.test(event.key);
  const key = event.shiftKey && event.key === " " ? "PageUp" : (KOREAN[event.key] ?? event.key);
  const act = ON_KEY[key] ?? ON_KEY[key.length === 1 ? key.toLowerCase() : key];
  if (act && !pressing && !scrolling) {
    event.preventDefault();
    act();
  }
}

document.addEventListener("keydown", onKey);

document.getElementById("previous").addEventListener("click", previous);
document.getElementById("next").addEventListener("click", next);
document.getElementById("count").addEventListener("click", showOverview);
document.getElementById("theme").addEventListener("click", nextTheme);
document.getElementById("speaker").addEventListener("click", showSpeaker);
document.getElementById("numbers").addEventListener("click", toggleNumbers);
document.getElementById("play").addEventListener("click", showPlayground);
document.getElementById("help").addEventListener("click", showKeys);

/* A click on the slide turns the page, unless something on it was meant, or text is selected. */
document.getElementById("stage").addEventListener("click", (event) => {
  if (event.target.closest("button, a, .panel") || explained(event.target) || cardIsPinned()) {
    return;
  }
  if (!getSelection().isCollapsed) {
    return;
  }
  if (event.clientX < 0.2 * innerWidth) {
    previous();
  } else {
    next();
  }
});

/* A swipe to the side turns the page; one up or down scrolls. */
let touch = null;
document.getElementById("stage").addEventListener(
  "touchstart",
  (event) => {
    const [first] = event.touches;
    touch = event.touches.length === 1 ? { x: first.clientX, y: first.clientY } : null;
  },
  { passive: true },
);
document.getElementById("stage").addEventListener(
  "touchend",
  (event) => {
    const [last] = event.changedTouches;
    const x = touch ? last.clientX - touch.x : 0;
    const y = touch ? last.clientY - touch.y : 0;
    touch = null;
    if (Math.abs(x) > 48 && Math.abs(x) > 1.6 * Math.abs(y)) {
      (x < 0 ? next : previous)();
    }
  },
  { passive: true },
);
