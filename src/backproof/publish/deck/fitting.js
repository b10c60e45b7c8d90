"use strict";
/* A slide is made to fit: long formulas go on in the next line, then get smaller; old lines make
   room for new ones. Nothing is ever cut off. */

const MOST_LINES = 12; // old lines that are tried; no screen has room for more
const INDENT = 1.45; // ems that what goes on in the next line stands to the right, by slide.css
const LEFT = 0.42; // of the width; wider left sides get lines of their own
const SMALLEST = 0.55; // of the size that a slide, or numbers in a formula, would have

/* Make a slide fit into the sheet that it stands in. */
function fit(section) {
  const work = section.querySelector(".work");
  section.style.removeProperty("--scale");
  comeNear(section.querySelector(".picture"));
  let scale = 1;
  const old = [...work.querySelectorAll(".row:not(.new, .numbered)")];
  const spare = [...work.querySelectorAll(".numbered"), ...work.querySelectorAll(".lead")];
  const keep = old.slice(-1);
  hide(old.splice(0, old.length - MOST_LINES), work);
  layOut(section);
  const resize = (to) => {
    scale = to;
    section.style.setProperty("--scale", scale);
    layOut(section);
  };
  while (work.scrollHeight > work.clientHeight + 1) {
    if (old.length > keep.length) {
      hide(old.splice(0, enough(old, keep.length, work)), work);
    } else if (old.length && scale < 0.88) {
      hide(old.splice(0), work); // what the new line comes from is long itself
      resize(1);
    } else if (scale > 0.75) {
      resize(scale - 0.07);
    } else if (spare.some((one) => !one.hidden)) {
      spare.find((one) => !one.hidden).hidden = true;
    } else if (scale > SMALLEST) {
      resize(scale - 0.05);
    } else {
      work.classList.add("scrolls");
      work.tabIndex = 0;
      break;
    }
  }
}

/* How many of the oldest lines have to go, so that there is room; some are kept. */
function enough(rows, kept, work) {
  let missing = work.scrollHeight - work.clientHeight;
  let count = 0;
  while (missing > 0 && count < rows.length - kept) {
    missing -= rows[count].querySelector(".right").offsetHeight;
    count += 1;
  }
  return count;
}

/* Every formula within the width that there is for it. */
function layOut(section) {
  for (const strip of section.querySelectorAll(".strip")) {
    shrink(strip, strip.parentElement.clientWidth);
  }
  for (const display of section.querySelectorAll(".lines:not([hidden])")) {
    alignment(display);
  }
  for (const holder of section.querySelectorAll(".wanted, .lead, .said, .reason, h1")) {
    for (const math of holder.querySelectorAll("math")) {
      narrow(math, holder.clientWidth);
    }
  }
  for (const holder of section.querySelectorAll(".table")) {
    shrink(holder.firstElementChild, holder.clientWidth);
  }
}

/* Left sides stand in one column, unless they would take too much of the width. */
function alignment(display) {
  for (const broken of display.querySelectorAll(".row .pieces")) {
    broken.replaceWith(broken.whole);
  }
  const rows = [...display.querySelectorAll(".row:not([hidden])")];
  const lefts = rows.map((row) => row.querySelector(".left > math")).filter((math) => math);
  display.classList.remove("stacked");
  display.style.removeProperty("--left");
  const room = display.clientWidth;
  const widest = Math.max(0, ...lefts.map((math) => ruling(math).whole * lettersOf(math)));
  const stacked = widest > LEFT * room;
  display.classList.toggle("stacked", stacked);
  if (stacked) {
    lefts.forEach((math) => narrow(math, room));
  } else {
    // The width stays when lines are hidden, so that nothing has to be set anew.
    const padding = widest ? 0.6 * lettersOf(display) : 0;
    display.style.setProperty("--left", `${Math.ceil(widest + padding)}px`);
  }
  const rights = rows.map((row) => row.querySelector(".right"));
  const rooms = rights.map((right) => contentWidth(right));
  rights.forEach((right, i) => {
    const size = narrow(right.querySelector("math"), rooms[i]);
    const row = right.parentElement;
    row.hidden ||= row.classList.contains("numbered") && size < SMALLEST;
  });
}

/* How large the letters of an element are, in pixels. */
function lettersOf(element) {
  return parseFloat(getComputedStyle(element).fontSize);
}

function contentWidth(element) {
  const { paddingLeft, paddingRight } = getComputedStyle(element);
  return element.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
}

/* A formula that is too wide becomes several that follow each other as words do, and smaller if that
   is not enough. Says how large it is of what it would be. */
function narrow(math, room) {
  math.style.removeProperty("font-size");
  const letters = lettersOf(math);
  const { whole, breaks } = ruling(math);
  if (whole * letters <= room) {
    return 1;
  }
  const indent = INDENT * lettersOf(math.parentElement);
  let best = { parts: [], wide: whole * letters };
  for (const { parts, widest } of breaks) {
    const wide = widest * letters + indent;
    if (wide < 0.9 * best.wide || (wide <= room && best.wide > room)) {
      best = { parts, wide };
    }
    if (best.wide <= room) {
      break;
    }
  }
  const size = best.wide <= room ? 1 : (0.96 * room) / best.wide;
  let shown = math;
  if (best.parts.length) {
    shown = make("span", { class: "pieces" }, ...best.parts.map((part) => part.cloneNode(true)));
    shown.whole = math;
    math.replaceWith(shown);
  }
  if (size < 1) {
    const around = lettersOf(shown.parentElement);
    shown.style.fontSize = `${size * (shown === math ? letters / around : 1)}em`;
  }
  return size;
}

/* Make an element smaller until what is in it has room. */
function shrink(element, room) {
  element.style.removeProperty("font-size");
  let size = lettersOf(element) / lettersOf(element.parentElement);
  // More than once, since not everything gets smaller with its letters.
  for (let turn = 0, wide = width(element); turn < 3 && wide > room; turn += 1) {
    size *= (0.97 * room) / wide;
    element.style.fontSize = `${size}em`;
    wide = width(element);
  }
}

/* The width that the content of an element takes. */
function width(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range.getBoundingClientRect().width / zoom(element);
}

/* How much larger or smaller than itself an element is shown. */
function zoom(element) {
  const sheet = element.closest(".sheet");
  return sheet && sheet.offsetWidth ? sheet.getBoundingClientRect().width / sheet.offsetWidth : 1;
}

/* Old lines go first; what stood on the left of them stands on the left of the first one left. */
function hide(rows, work) {
  if (!rows.length) {
    return;
  }
  rows.forEach((row) => {
    row.hidden = true;
  });
  for (const display of new Set(rows.map((row) => row.parentElement))) {
    carry(display);
  }
  const count = work.querySelectorAll(".row[hidden]:not(.numbered)").length;
  const note = work.querySelector(".earlier") ?? make("p", { class: "earlier" });
  note.textContent = count === 1 ? say("earlier one") : say("earlier", { count });
  work.querySelector(".lines:not([hidden])").before(note);
}

function carry(display) {
  const rows = [...display.querySelectorAll(".row")];
  const next = rows.find((row) => !row.hidden);
  if (!next) {
    leave(display);
    return;
  }
  const lefts = rows.slice(0, rows.indexOf(next)).map((row) => row.querySelector(".left"));
  const left = lefts.findLast((one) => one.firstElementChild)?.firstElementChild;
  if (left && !next.querySelector(".left").firstElementChild) {
    const copy = (left.whole ?? left).cloneNode(true);
    copy.number = (left.whole ?? left).number;
    copy.classList.add("carried");
    next.querySelector(".left").append(copy);
  }
}

/* A display without lines goes, and with it the words that led up to it. */
function leave(display) {
  display.hidden = true;
  let before = display.previousElementSibling;
  while (before?.matches(".lead")) {
    before.hidden = true;
    before = before.previousElementSibling;
  }
}
