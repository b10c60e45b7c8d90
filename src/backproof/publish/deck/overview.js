"use strict";
/* All slides at a glance, those of one section together. */

const WIDE = 1280;
const HIGH = 720;

/* A slide as it looks on a screen of 1280 by 720, in a frame that can be made smaller. */
function stillFrame(number, told = story()) {
  const frame = make("div", { class: "sheet still" });
  const section = drawSlide(number, told);
  for (const element of section.querySelectorAll("[tabindex]")) {
    element.removeAttribute("tabindex");
  }
  placeNetwork(section, drawNetwork(), slideAt(number, told));
  frame.append(section);
  return frame;
}

function showOverview() {
  const told = story();
  const dialog = openDialog("overview", make("h2", {}, say("overview")));
  const watcher = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        if (isIntersecting) {
          watcher.unobserve(target);
          drawThumbnail(target);
        }
      }
    },
    { root: dialog, rootMargin: "200px" },
  );
  let group = null;
  let title = null;
  told.slides.forEach((_, number) => {
    const { scene } = slideAt(number, told);
    const name = spelled(scene.title);
    if (name !== title) {
      title = name;
      group = make("ol", { class: "thumbnails" });
      dialog.append(make("h3", {}, ...said(scene.title)), group);
    }
    const label = say("to slide", { number: number + 1, title: name });
    const button = make("button", { type: "button", "aria-label": label });
    button.dataset.slide = number;
    button.append(make("span", { class: "page" }), make("span", { class: "number" }, number + 1));
    if (number === here.slide) {
      button.setAttribute("aria-current", "true");
    }
    button.addEventListener("click", () => {
      dialog.close();
      turn({ slide: number });
    });
    group.append(make("li", {}, button));
    watcher.observe(button);
  });
  dialog.addEventListener("close", () => watcher.disconnect(), { once: true });
  const current = dialog.querySelector("[aria-current]");
  current.scrollIntoView({ block: "center" });
  current.focus({ preventScroll: true });
}

function drawThumbnail(button) {
  const page = button.querySelector(".page");
  const frame = stillFrame(Number(button.dataset.slide));
  frame.inert = true;
  frame.style.transform = `scale(${page.clientWidth / WIDE})`;
  page.replaceChildren(frame);
  fit(frame.firstElementChild);
}

/* Arrows walk over the thumbnails. */
document.getElementById("overview").addEventListener("keydown", (event) => {
  const steps = { ArrowRight: 1, ArrowLeft: -1 };
  if (event.key === "o" || event.key === "ㅐ") {
    document.getElementById("overview").close();
  }
  if (event.key in steps) {
    const all = [...document.querySelectorAll("#overview [data-slide]")];
    const at = all.indexOf(document.activeElement);
    all[at + steps[event.key]]?.focus();
    event.preventDefault();
  }
});
