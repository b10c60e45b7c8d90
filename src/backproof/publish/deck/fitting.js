"use strict";
/* A slide is made to fit: long formulas go on in the next line, then get smaller; old lines make
   room for new ones. Nothing is ever cut off. */

const INDENT = 1.45; // ems to the right at most of what goes on in the next line; slide.css sets them
const SMALLEST = 0.55; // of the size that a formula or a slide would have

/* Make a slide fit into the frame that it stands in. */
function fit(section) {
  const work = section.querySelector(".work");
  section.style.removeProperty("--scale");
  comeNear(section.querySelector(".picture"));
  layOut(section);
  let scale = 1;
  const old = [...work.querySelectorAll(".row:not(.new, .numbered)")];
  const leads = [...work.querySelectorAll(".lead")];
  const keep = old.slice(-1);
  while (work.scrollHeight > work.clientHeight + 1) {
    if (old.length > keep.length) {
      hide(old.shift(), work);
    } else if (scale > 0.72) {
      scale -= 0.07;
      section.style.setProperty("--scale", scale);
      layOut(section);
    } else if (leads.length) {
      leads.shift().hidden = true;
    } else if (old.length) {
      hide(old.shift(), work);
    } else if (scale > SMALLEST) {
      scale -= 0.05;
      section.style.setProperty("--scale", scale);
      layOut(section);
    } else {
      work.classList.add("scrolls");
      work.tabIndex = 0;
      break;
    }
  }
}

/* Every formula within the width that there is for it. */
function layOut(section) {
  for (const strip of section.querySelectorAll(".strip")) {
    shrink(strip, strip.parentElement.clientWidth);
  }
  for (const display of section.querySelectorAll(".lines")) {
    alignment(display);
  }
  for (const holder of section.querySelectorAll(".wanted, .lead, .said, .reason, h1, h2")) {
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
  display.classList.remove("stacked");
  for (const broken of display.querySelectorAll(".pieces")) {
    broken.replaceWith(broken.whole);
  }
  const room = display.clientWidth;
  const lefts = [...display.querySelectorAll(".left")];
  const widest = Math.max(0, ...lefts.map((left) => width(left)));
  if (widest > 0.42 * room) {
    display.classList.add("stacked");
    lefts.forEach((left) => left.firstElementChild && narrow(left.firstElementChild, room));
  }
  for (const right of display.querySelectorAll(".right")) {
    right.style.removeProperty("font-size");
    const math = right.firstElementChild;
    if (math) {
      narrow(math, right.clientWidth);
      const numbered = right.closest(".numbered");
      if (numbered) {
        numbered.hidden = parseFloat(right.firstElementChild.style.fontSize || 1) < SMALLEST;
      }
    }
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
  const frame = element.closest(".sheet");
  return frame && frame.offsetWidth ? frame.getBoundingClientRect().width / frame.offsetWidth : 1;
}

/* A formula that is too wide becomes several that follow each other as words do, then smaller. */
function narrow(math, room) {
  math.style.removeProperty("font-size");
  if (math.closest(".pieces") || width(math) <= room + 0.5) {
    return;
  }
  const broken = make("span", { class: "pieces" });
  const indent = INDENT * parseFloat(getComputedStyle(math.parentElement).fontSize);
  let best = { parts: [math], widest: width(math) };
  for (let deep = 1, count = 1; deep <= DEEPEST && best.widest + indent > room; deep += 1) {
    const parts = pieces(math, deep);
    if (parts.length === count) {
      continue;
    }
    count = parts.length;
    broken.replaceChildren(...parts);
    math.replaceWith(broken);
    const widest = Math.max(...parts.map((part) => width(part)));
    best = widest < 0.9 * best.widest || widest + indent <= room ? { parts, widest } : best;
    broken.replaceWith(math);
  }
  if (best.parts.length > 1) {
    broken.replaceChildren(...best.parts);
    math.replaceWith(broken);
    broken.whole = math;
    shrink(broken, room, () => Math.max(...best.parts.map((part) => width(part))) + indent);
  } else {
    shrink(math, room);
  }
}

/* Make an element smaller until what is in it has room. */
function shrink(element, room, measure = () => width(element)) {
  element.style.removeProperty("font-size");
  const around = parseFloat(getComputedStyle(element.parentElement).fontSize);
  let size = parseFloat(getComputedStyle(element).fontSize) / around;
  // More than once, since not everything in a formula gets smaller with its letters.
  for (let turn = 0, wide = measure(); turn < 3 && wide > room; turn += 1, wide = measure()) {
    size *= (0.97 * room) / wide;
    element.style.fontSize = `${size}em`;
  }
}

/* Old lines go first; what stood on the left of them stands on the left of the first one left. */
function hide(row, work) {
  row.hidden = true;
  const display = row.parentElement;
  const next = [...display.querySelectorAll(".row")].find((one) => !one.hidden);
  const left = row.querySelector(".left").firstElementChild;
  if (!next) {
    leave(display);
  } else if (left && !next.querySelector(".left").firstElementChild) {
    const copy = left.cloneNode(true);
    copy.classList.add("carried");
    next.querySelector(".left").append(copy);
    alignment(display);
  }
  const count = work.querySelectorAll(".row[hidden]").length;
  const note = work.querySelector(".earlier") ?? make("p", { class: "earlier" });
  note.textContent = count === 1 ? say("earlier one") : say("earlier", { count });
  work.querySelector(".lines:not([hidden])").before(note);
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
