"use strict";
// The page: one question at a time, the steps, the score.

(() => {
  const data = JSON.parse(document.getElementById("quiz-data").textContent);
  const lesson = new Lesson(data.lesson);
  const sections = [...document.querySelectorAll("section.card")];
  const progress = new Progress(data.id, sections.length);
  const steps = document.querySelector("nav.steps ol");
  const score = document.querySelector(".score");
  let current = 0;

  function say(key, fields = {}) {
    return data.words[key].replace(/\{(\w+)\}/g, (whole, name) => fields[name] ?? whole);
  }

  const cards = sections.map((section, index) => {
    const question = Lesson.opened(data.questions[index]);
    return new Card(section, { lesson, question, progress, index, say, moved, next });
  });

  const marks = sections.map((_, i) => {
    const mark = document.createElement("button");
    mark.type = "button";
    mark.textContent = String(i + 1);
    mark.addEventListener("click", () => go(i));
    const item = document.createElement("li");
    item.append(mark);
    steps.append(item);
    return mark;
  });

  // Where "next" leads: on, or to the first question that is still open; when all are done, round.
  function next() {
    const open = (i) => !progress.items[i].solved && !progress.items[i].shown;
    const after = [...sections.keys()].slice(current + 1).find(open);
    const any = after ?? [...sections.keys()].find(open);
    go(any ?? (current + 1) % sections.length);
  }

  function go(i, focus = true) {
    current = i;
    sections.forEach((section, k) => section.classList.toggle("current", k === i));
    document.documentElement.classList.toggle("first", i === 0);
    marks[i].scrollIntoView({ block: "nearest", inline: "nearest" });
    if (location.hash !== `#q${i + 1}`) history.replaceState(null, "", `#q${i + 1}`);
    moved();
    if (!focus) return;
    scrollTo({ top: 0 });
    // On a phone the keyboard would cover the question at once.
    if (matchMedia("(hover: hover)").matches) cards[i].focus();
    else sections[i].querySelector("h2").focus({ preventScroll: true });
  }

  function moved() {
    marks.forEach((mark, i) => {
      const { solved, shown } = progress.items[i];
      const state = solved ? "solved" : shown ? "shown" : "open";
      mark.dataset.state = state;
      mark.setAttribute("aria-current", i === current ? "step" : "false");
      const said = { solved: ` ${say("page.solved")}`, shown: ` ${say("page.shown")}`, open: "" }[state];
      mark.setAttribute("aria-label", say("page.question", { number: i + 1, count: sections.length }) + said);
    });
    const count = sections.length;
    const text = say("page.score", { right: progress.right, count });
    const alone = progress.right ? `, ${say("page.alone", { alone: progress.alone })}` : "";
    score.textContent = progress.done ? `${say("page.done")} ${text}${alone}` : text + alone;
    again.hidden = !progress.items.some((x) => x.typed || x.hints || x.shown);
  }

  const theme = document.querySelector(".theme");
  theme.textContent = "◐";
  theme.setAttribute("aria-label", say("page.theme"));
  theme.title = say("page.theme");
  theme.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const again = document.createElement("button");
  again.type = "button";
  again.className = "again quiet";
  again.textContent = say("page.again");
  again.addEventListener("click", () => {
    if (!confirm(say("page.sure"))) return;
    progress.clear();
    location.hash = "";
    location.reload();
  });
  document.querySelector("main").append(again);

  addEventListener("keydown", (event) => {
    if (event.target.matches("input[type=text]") || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.matches("input[type=radio]") || event.target.closest(".display, .table")) return;
    if (event.key === "ArrowRight" && current < sections.length - 1) go(current + 1);
    if (event.key === "ArrowLeft" && current > 0) go(current - 1);
  });
  addEventListener("hashchange", () => go(fromAddress()));

  function fromAddress() {
    const asked = Number(/^#q(\d+)$/.exec(location.hash)?.[1]);
    if (asked >= 1 && asked <= sections.length) return asked - 1;
    const open = progress.items.findIndex((x) => !x.solved && !x.shown);
    return Math.max(open, 0);
  }

  document.documentElement.classList.add("ready");
  go(fromAddress(), false);
})();
