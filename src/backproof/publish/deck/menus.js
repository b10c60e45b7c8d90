"use strict";
/* What stands in the bar, and the list of keys. */

const THEMES = ["auto", "light", "dark"];

function buildMenus() {
  chooser("language", LANGUAGES, (language) => language.toUpperCase(), "lang");
  chooser("detail", DETAILS, (detail) => say(detail));
  settle();
}

/* Buttons of which one is pressed. */
function chooser(what, values, label, attribute) {
  const group = document.getElementById(what);
  group.replaceChildren(
    ...values.map((value) => {
      const button = make("button", { type: "button", [attribute ?? "value"]: value });
      button.dataset.value = value;
      button.addEventListener("click", () => retell({ [what]: value }));
      return button;
    }),
  );
}

/* What the bar says, where the reader is now. */
function settle() {
  for (const element of document.querySelectorAll("[data-say]")) {
    element.textContent = say(element.dataset.say);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
    if (element.nodeName === "BUTTON") {
      element.title = say(element.dataset.label);
    }
  }
  for (const button of document.querySelectorAll("#language button")) {
    button.textContent = say("own name", {}, button.dataset.value);
    button.setAttribute("aria-pressed", String(button.dataset.value === here.language));
  }
  for (const button of document.querySelectorAll("#detail button")) {
    button.textContent = say(button.dataset.value);
    button.setAttribute("aria-pressed", String(button.dataset.value === here.detail));
  }
  document.getElementById("where").replaceChildren(...said(slideAt(here.slide).scene.title));
  const count = story().slides.length;
  const number = document.getElementById("count");
  number.textContent = `${here.slide + 1} / ${count}`;
  number.setAttribute("aria-label", `${say("slide of", { number: here.slide + 1, count })}. ${say("overview")}`);
  for (const id of ["numbers", "play"]) {
    document.getElementById(id).hidden = !DATA.sample;
  }
  document.getElementById("numbers").setAttribute("aria-pressed", String(here.numbers));
  document.getElementById("previous").disabled = here.slide === 0;
  document.getElementById("next").disabled = here.slide === count - 1;
  const done = count > 1 ? here.slide / (count - 1) : 1;
  document.querySelector("#progress div").style.transform = `scaleX(${done})`;
  document.getElementById("theme").title = `${say("theme")}: ${say(`theme ${theme()}`)}`;
}

function theme() {
  return document.documentElement.dataset.theme ?? "auto";
}

/* The colours that were chosen last time, where the browser remembers. */
function restoreTheme() {
  let kept = null;
  try {
    kept = localStorage.getItem("backproof theme");
  } catch {
    // A browser that keeps nothing follows the system.
  }
  setTheme(THEMES.includes(kept) ? kept : "auto");
}

function setTheme(chosen) {
  if (chosen === "auto") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = chosen;
  }
  try {
    localStorage.setItem("backproof theme", chosen);
  } catch {
    // As above.
  }
}

function nextTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const order = dark ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
  setTheme(order[(order.indexOf(theme()) + 1) % order.length]);
  settle();
  updateSpeaker();
}

const KEYS = [
  [["→", "Space", "PgDn"], "next"],
  [["←", "PgUp"], "previous"],
  [["Home", "End"], "ends"],
  [["O"], "overview"],
  [["S"], "speaker"],
  [["D"], "detail"],
  [["L"], "language"],
  [["T"], "theme"],
  [["N"], "numbers"],
  [["P"], "playground"],
  [["Esc"], "close"],
  [["?"], "help"],
];

function showKeys() {
  const rows = KEYS.filter(([, key]) => DATA.sample || !["numbers", "playground"].includes(key)).map(([names, key]) =>
    make(
      "tr",
      {},
      make("th", { scope: "row" }, ...names.map((name) => make("kbd", {}, name))),
      make("td", {}, say(`key.${key}`)),
    ),
  );
  openDialog(
    "keys",
    make("h2", {}, say("help")),
    make("table", {}, make("tbody", {}, ...rows)),
    make("p", {}, say("key.point")),
  );
}

/* Open a dialog with this content, a button to close it first. */
function openDialog(id, ...content) {
  hideCard();
  const dialog = document.getElementById(id);
  const close = make("button", { type: "button", class: "close", "aria-label": say("close") }, "×");
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(close, ...content);
  dialog.showModal();
  return dialog;
}
