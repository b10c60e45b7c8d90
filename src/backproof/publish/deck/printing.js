"use strict";
/* On paper each slide has a page of its own. */

addEventListener("beforeprint", () => {
  const pages = document.getElementById("pages");
  pages.replaceChildren(...story().slides.map((_, number) => stillFrame(number)));
  for (const section of pages.querySelectorAll(".slide")) {
    fit(section);
  }
});
addEventListener("afterprint", () => document.getElementById("pages").replaceChildren());
