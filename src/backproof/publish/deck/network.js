"use strict";
/* The picture of the network, and what is lit in it. */

const SIDE = 2.6; // a picture that is wider for its height has no room beside the work

/* A picture of its own for a frame. */
function drawNetwork() {
  return figureOf(document.getElementById("network").content);
}

function figureOf(content) {
  const figure = make("figure", { class: "picture", role: "img", "aria-label": say("network") });
  figure.append(document.importNode(content, true));
  const picture = figure.firstElementChild;
  const { width: wide, height: high } = picture.viewBox.baseVal;
  figure.dataset.shape = wide / high > SIDE ? "wide" : "square";
  picture.setAttribute("preserveAspectRatio", "xMidYMin meet");
  return figure;
}

/* In a picture smaller than this, of its own size, letters cannot be read. */
const READABLE = 0.5;
const NEAR = 0.85;

/* Of a network too long for its frame, the part that is lit comes near; if nothing is lit, or more
   than there is room for, all of it is shown. */
function comeNear(figure) {
  const picture = figure.firstElementChild;
  const wide = Number(picture.getAttribute("width"));
  const high = Number(picture.getAttribute("height"));
  look(picture, 0, wide, high);
  const { clientWidth: width, clientHeight: height } = figure;
  const lit = [...picture.querySelectorAll(".lit")];
  if (!lit.length || !width || Math.min(width / wide, height / high) >= READABLE) {
    return;
  }
  const whole = picture.getScreenCTM().inverse();
  const ends = lit.flatMap((element) => {
    const box = element.getBBox();
    const { a, e } = whole.multiply(element.getScreenCTM());
    return [a * box.x + e, a * (box.x + box.width) + e];
  });
  const view = width / Math.min(NEAR, height / high);
  if (view < wide && Math.max(...ends) - Math.min(...ends) < view) {
    const middle = (Math.max(...ends) + Math.min(...ends)) / 2;
    const start = Math.min(Math.max(middle - view / 2, 0), wide - view);
    look(picture, start, view, high);
    picture.classList.toggle("more-before", start > 0);
    picture.classList.toggle("more-after", start + view < wide);
  }
}

function look(picture, start, wide, high) {
  picture.setAttribute("viewBox", `${start} 0 ${wide} ${high}`);
  picture.style.aspectRatio = `${wide} / ${high}`;
  picture.classList.remove("more-before", "more-after");
}

/* Light what a slide is about, in the direction in which it goes. */
function light(figure, { lit, scene, block, first, last, number }) {
  const names = new Set(lit);
  figure.dataset.way = scene.forward ? "forward" : number === 0 ? "" : "backward";
  figure.showNumbers?.(figure.dataset.way === "backward");
  for (const element of figure.querySelectorAll("[data-quantity]")) {
    element.classList.toggle("lit", names.has(element.dataset.quantity));
  }
  const colours = new Map();
  for (const [left, right] of newLines({ scene, block, first, last })) {
    for (const [name, by] of DATA.shared) {
      if (by && (mentions(left, name) || mentions(right, name))) {
        colours.set(by, COLOURS.get(name));
      }
    }
  }
  for (const element of figure.querySelectorAll("[data-quantity]")) {
    const colour = colours.get(element.dataset.quantity);
    element.setAttribute("data-colour", colour ?? "");
  }
}

const mentioned = new Map();

/* Whether a formula has a quantity in it. */
function mentions(number, name) {
  if (number < 0) {
    return false;
  }
  const key = `${number} ${name}`;
  if (!mentioned.has(key)) {
    mentioned.set(key, markup(number).includes(`data-quantity="${name}"`));
  }
  return mentioned.get(key);
}

/* Point at one quantity in the picture, or at none. */
function point(name) {
  for (const element of document.querySelectorAll(".picture .pointed")) {
    element.classList.remove("pointed");
  }
  if (name) {
    const chosen = `.picture [data-quantity="${CSS.escape(name)}"]`;
    document.querySelectorAll(chosen).forEach((element) => element.classList.add("pointed"));
  }
}
