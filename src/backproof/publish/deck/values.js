"use strict";
/* The numbers of a sample on the slides: in the picture, below the new line, on cards, and in a
   panel where they can be changed. `Numbers` and what shows them come from publish/numbers. */

let numbers = null;
let playground = null; // what ends the training in the panel, while it is open

if (DATA.sample) {
  numbers = new Numbers(lossAndGradients, DATA.sample);
}

/* Whether slides show numbers; the address keeps it. */
function showsNumbers() {
  return here.numbers && numbers !== null;
}

/* The picture of the network with a number for each unit: values on the way forward, gradients on
   the way back. */
function numberedNetwork() {
  const holder = make("template");
  holder.innerHTML = DATA.labels[here.language].network;
  const figure = figureOf(holder.content);
  const inside = new NetworkNumbers(figure.firstElementChild, numbers);
  figure.classList.add("numbers", "numbers-network");
  figure.showNumbers = (gradients) => inside.show(0, gradients);
  return figure;
}

/* The new line with its numbers put in, and the number that comes out; null where it has none. */
function numbersOf([left, right], first) {
  const numbered = filled(right);
  if (!numbered) {
    return null;
  }
  const result = filled(left < 0 ? first : left);
  const made = [numberRow(numbered)];
  if (result && result.textContent !== numbered.textContent) {
    made.push(numberRow(result));
  }
  return made;
}

function numberRow(math) {
  return make(
    "div",
    { class: "row numbered", ...(/[—∞]/.test(math.textContent) && { title: undefinedHere() }) },
    make("span", { class: "left" }),
    make("span", { class: "equals" }, sign("=")),
    make("span", { class: "right" }, math),
  );
}

/* Why some of the numbers are none. */
function undefinedHere() {
  return DATA.labels[here.language].words.undefined;
}

/* A formula with numbers for its quantities, null if some have none or nothing changes. An entry is
   the first one: its letters count as 1, but for those that a sum runs over. */
function filled(number) {
  if (number < 0 || numbers === null) {
    return null;
  }
  const math = formula(number, true);
  const at = {};
  const summed = new Set();
  for (const sum of math.querySelectorAll("munderover, munder, msubsup, msub")) {
    if (sum.firstElementChild.textContent.trim() === "∑") {
      [...sum.children[1].textContent].forEach((letter) => summed.add(letter));
    }
  }
  for (const { dataset } of math.querySelectorAll("[data-entry]")) {
    for (const letter of dataset.entry.split(",")) {
      if (!summed.has(letter.trim())) {
        at[letter.trim()] = 0;
      }
    }
  }
  const made = substituted(math, numbers, at);
  const named = "[data-quantity], [data-upper], msub mtable, msubsup mtable";
  const open = made.querySelector(named) !== null || made.textContent.includes("∂");
  return open || made.textContent === math.textContent ? null : made;
}

/* What a quantity is now, for its card. */
function numberOf(name) {
  if (numbers === null || numbers.value(name) === undefined) {
    return null;
  }
  return substituted(formula(DATA.quantities[name].symbol), numbers);
}

function gradientOf(name) {
  return numbers?.gradient(name) && DATA.quantities[name].gradient !== undefined
    ? substituted(formula(DATA.quantities[name].gradient), numbers)
    : null;
}

function toggleNumbers() {
  if (numbers !== null) {
    turn({ numbers: !here.numbers });
  }
}

/* The panel in which the numbers can be changed and trained. */
function showPlayground() {
  if (numbers === null) {
    return;
  }
  const holder = make("div", { class: "panel" });
  const dialog = openDialog("playground", make("h2", {}, say("playground")), holder);
  playground = mountNumbers(holder, numbers, DATA.labels[here.language]);
  dialog.addEventListener(
    "close",
    () => {
      playground.stop();
      playground = null;
      turn({ numbers: true });
      redraw();
    },
    { once: true },
  );
}
