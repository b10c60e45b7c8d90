"use strict";
/* The speaker view: notes, the next slide and a clock, in a window of their own; where the browser
   opens none, in a strip below the slide. */

let desk = null; // { root, window } while it is open
let began = Date.now();

function showSpeaker() {
  if (desk) {
    closeSpeaker();
    return;
  }
  const other = window.open("", "backproof-speaker", "popup,width=900,height=640");
  if (other) {
    dress(other);
  } else {
    const root = document.getElementById("desk");
    root.hidden = false;
    document.documentElement.classList.add("split");
    desk = { root, window };
  }
  began = Date.now();
  buildDesk();
  updateSpeaker();
}

/* Give the other window what this one looks like. */
function dress(other) {
  const page = other.document;
  page.head.replaceChildren();
  page.body.replaceChildren();
  for (const style of document.querySelectorAll("style")) {
    page.head.append(page.importNode(style, true));
  }
  const root = page.createElement("main");
  root.id = "desk";
  page.body.append(root);
  page.documentElement.classList.add("speaking");
  page.addEventListener("keydown", onKey);
  other.addEventListener("pagehide", () => {
    desk = null;
  });
  window.addEventListener("pagehide", () => other.close(), { once: true });
  desk = { root, window: other };
}

function closeSpeaker() {
  const { root, window: other } = desk;
  desk = null;
  if (other === window) {
    root.hidden = true;
    root.replaceChildren();
    document.documentElement.classList.remove("split");
  } else {
    other.close();
  }
}

function buildDesk() {
  const clock = make("p", { class: "clock" }, make("time", {}), make("span", {}));
  const restart = make("button", { type: "button" });
  restart.addEventListener("click", () => {
    began = Date.now();
    tick();
  });
  clock.append(restart);
  desk.root.replaceChildren(
    make("section", { class: "notes", tabindex: 0 }),
    make("section", { class: "coming" }),
    clock,
  );
}

function updateSpeaker() {
  if (!desk) {
    return;
  }
  const { root, window: other } = desk;
  const theirs = other.document.documentElement;
  theirs.lang = here.language;
  theirs.dataset.theme = document.documentElement.dataset.theme ?? "";
  if (other !== window) {
    other.document.title = say("desk.title");
  }
  root.querySelector(".clock button").textContent = say("desk.restart");
  root.querySelector(".notes").replaceChildren(...notes());
  const coming = root.querySelector(".coming");
  const last = here.slide === story().slides.length - 1;
  coming.replaceChildren(make("h2", {}, say("desk.next slide")));
  if (last) {
    coming.append(make("p", {}, say("desk.last")));
  } else {
    const page = make("div", { class: "page" }, stillFrame(here.slide + 1));
    coming.append(page);
    page.firstElementChild.inert = true;
    page.firstElementChild.style.transform = `scale(${page.clientWidth / WIDE})`;
    fit(page.querySelector(".slide"));
  }
  tick();
}

/* What there is to say to the slide that is shown. */
function notes() {
  const slide = slideAt(here.slide);
  const count = story().slides.length;
  const out = [
    make("h2", {}, say("desk.notes")),
    make("p", { class: "number" }, say("slide of", { number: here.slide + 1, count })),
  ];
  const block = slide.scene.blocks[slide.block];
  const before = slide.scene.blocks[slide.block - 1];
  for (const one of slide.first === 0 && before?.text ? [before, block] : [block]) {
    if (one?.text) {
      out.push(make("p", {}, ...said(one.text)));
    }
  }
  for (const line of newLines(slide)) {
    out.push(...aboutLine(line));
  }
  return out;
}

function tick() {
  if (!desk) {
    return;
  }
  const now = new Date();
  const seconds = Math.floor((now - began) / 1000);
  const two = (n) => String(n).padStart(2, "0");
  const passed = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  desk.root.querySelector("time").textContent = now.toLocaleTimeString(here.language);
  desk.root.querySelector(".clock span").textContent = `${say("desk.elapsed")} ${passed}`;
}

setInterval(tick, 1000);
