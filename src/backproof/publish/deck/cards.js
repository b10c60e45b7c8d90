"use strict";
/* What a symbol, a transpose or a reason says about itself when it is pointed at. */

const card = document.getElementById("card");
let pinned = false;
let about = null;

/* The thing under a target that has something to say, or null. */
function explained(target) {
  if (!target.closest?.("#stage, #desk")) {
    return null;
  }
  const symbol = target.closest("[data-quantity]");
  if (symbol && DATA.quantities[symbol.dataset.quantity]) {
    return symbol;
  }
  const turnedPart = target.closest("[data-transpose]");
  return turnedPart && contentOf(turnedPart) ? turnedPart : target.closest(".reason, .equals");
}

function contentOf(thing) {
  if (thing.line) {
    return aboutLine(thing.line);
  }
  const turned = thing.dataset.transpose !== undefined ? aboutTurned(thing) : [];
  const content = [...aboutQuantity(thing.dataset.quantity), ...turned];
  return content.length ? content : null;
}

function entries(...pairs) {
  const list = make("dl");
  for (const [key, ...value] of pairs.filter(Boolean)) {
    list.append(make("dt", {}, say(key)), make("dd", {}, ...value));
  }
  return list;
}

function aboutQuantity(name) {
  const quantity = DATA.quantities[name];
  if (!quantity) {
    return [];
  }
  const role =
    quantity.role === "short" ? say("card.short") : DATA.cards[here.language].roles[quantity.role];
  const value = numberOf(name);
  const slope = gradientOf(name);
  return [
    make("p", { class: "symbol" }, formula(quantity.symbol), make("span", {}, role)),
    entries(
      quantity.for !== undefined && ["card.stands for", formula(quantity.for, true)],
      quantity.is !== undefined && ["card.definition", definition(quantity)],
      ["card.shape", ...said(quantity.shape)],
      value && ["card.value", value],
      slope && ["card.gradient", slope],
    ),
  ];
}

function definition(quantity) {
  return make(
    "span",
    { class: "definition" },
    formula(quantity.symbol),
    " ",
    sign("="),
    " ",
    formula(quantity.is),
  );
}

/* The quantity that an element is, or the first one in it. */
function quantityIn(thing) {
  return thing.dataset.quantity ?? thing.querySelector("[data-quantity]")?.dataset.quantity;
}

function aboutTurned(thing) {
  const quantity = quantityIn(thing);
  const known = DATA.cards[here.language].turned.filter((one) => one.of === quantity);
  if (!known.length) {
    return [];
  }
  const { lit } = slideAt(here.slide);
  const [why] = [...known.filter((one) => one.place.every((name) => lit.includes(name))), ...known];
  const display = make("div", { class: "index-form" });
  for (const line of why.lines) {
    const [left, right, reason] = line;
    display.append(
      make("p", {}, ...(left < 0 ? [] : [formula(left), " "]), sign("="), " ", formula(right)),
      make("p", { class: "because" }, ...said(reason)),
    );
  }
  return [make("p", { class: "kind" }, say("card.turned")), make("p", {}, ...said(why.lead)), display];
}

function aboutLine([, , reason, names, status]) {
  const sentences = DATA.cards[here.language].laws;
  const fields = { points: DATA.points, digits: DATA.digits };
  const list = make("ul", { class: "laws" });
  for (const name of names) {
    const law = make("li", {}, make("code", { lang: "en" }, name));
    if (sentences[name]) {
      law.append(make("span", {}, ...said(sentences[name])));
    }
    list.append(law);
  }
  return [
    reason.length ? make("p", {}, ...said(reason)) : null,
    names.length ? make("p", { class: "kind" }, say("card.law")) : null,
    names.length ? list : null,
    make("p", { class: `proof ${status || "stated"}` }, say(`card.${status || "stated"}`, fields)),
  ].filter(Boolean);
}

function showCard(thing, stay) {
  const content = contentOf(thing);
  if (!content) {
    return;
  }
  if (about !== thing) {
    hideCard();
    about = thing;
    thing.classList.add("asked");
    thing.setAttribute("aria-describedby", "card");
    card.replaceChildren(...content);
    card.hidden = false;
    fitCard();
    point(thing.line ? null : quantityIn(thing));
  }
  pinned = stay;
  card.classList.toggle("pinned", stay);
}

/* The card beside what it is about, inside of the window, its formulas no wider than itself. */
function fitCard() {
  for (const math of card.querySelectorAll("math")) {
    narrow(math, math.parentElement.clientWidth || card.clientWidth - 32);
  }
  const at = about.getBoundingClientRect();
  const { offsetWidth: wide, offsetHeight: high } = card;
  const left = Math.min(Math.max(at.left + at.width / 2 - wide / 2, 8), innerWidth - wide - 8);
  const below = at.bottom + 10 + high < innerHeight - 8;
  const top = below ? at.bottom + 10 : Math.max(8, at.top - high - 10);
  card.style.left = `${left}px`;
  card.style.top = `${top}px`;
}

function hideCard() {
  if (about) {
    about.classList.remove("asked");
    about.removeAttribute("aria-describedby");
  }
  about = null;
  pinned = false;
  card.hidden = true;
  point(null);
}

function cardIsPinned() {
  if (!pinned) {
    return false;
  }
  hideCard();
  return true;
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse" || pinned) {
    return;
  }
  const thing = explained(event.target);
  if (thing && !card.contains(thing)) {
    showCard(thing, false);
  } else if (!card.contains(event.target)) {
    hideCard();
  }
});
document.addEventListener("click", (event) => {
  const thing = explained(event.target);
  if (thing && !card.contains(event.target)) {
    showCard(thing, true);
  }
});
document.addEventListener("focusin", (event) => {
  const thing = explained(event.target);
  if (thing === event.target && event.target.matches(":focus-visible")) {
    showCard(thing, false);
  }
});
document.addEventListener("focusout", () => !pinned && hideCard());
