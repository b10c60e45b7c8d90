/* Walks every slide of the deck that is open, in these languages and details, and says what does
   not fit: what is wider or higher than the place that it has, or lies outside of the window. */
({ languages, details }) => {
  const wrong = [];
  let count = 0;
  for (const language of languages) {
    for (const detail of details) {
      const { length } = story(language, detail).slides;
      for (let slide = 0; slide < length; slide += 1) {
        turn({ slide, language, detail });
        count += 1;
        for (const problem of problems()) {
          wrong.push(`${language} ${detail} ${slide + 1}: ${problem}`);
        }
      }
    }
  }
  return { count, wrong };

  function* problems() {
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) {
      yield "the window scrolls";
    }
    const frame = document.getElementById("stage").getBoundingClientRect();
    const work = document.querySelector("#stage .work");
    if (work.classList.contains("scrolls")) {
      yield "the slide scrolls";
    }
    const inside = "#stage :is(h1, p, .left, .right, td, th, math, .network .lit > text)";
    for (const element of document.querySelectorAll(inside)) {
      const box = element.getBoundingClientRect();
      if (!box.width || element.closest("[hidden], .visually-hidden")) {
        continue;
      }
      const where = `${element.nodeName} ${element.className?.baseVal ?? element.className}`;
      const bounds = element.closest(".work") ? work.getBoundingClientRect() : frame;
      if (box.left < bounds.left - 2 || box.right > bounds.right + 2) {
        yield `${where} is cut at the side: ${element.textContent.slice(0, 60)}`;
      }
      if (box.top < bounds.top - 2 || box.bottom > bounds.bottom + 2) {
        yield `${where} is cut above or below: ${element.textContent.slice(0, 60)}`;
      }
      if (element.scrollWidth > element.clientWidth + 2 && element.matches("p, .left, .right, td")) {
        yield `${where} is wider than its place: ${element.textContent.slice(0, 60)}`;
      }
    }
    const head = document.querySelector("#stage .head")?.getBoundingClientRect();
    if (head && head.bottom > work.getBoundingClientRect().top + 2) {
      yield "the head lies over the work";
    }
  }
}
