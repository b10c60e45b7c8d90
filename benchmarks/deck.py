"""How large decks are, how long they take to make, and how fast their pages turn in Chromium.

    python benchmarks/deck.py              two layers, 20 layers, a very long formula
    python benchmarks/deck.py NOTE ...     notes of your own

A page is turned when the slide is drawn, made to fit and laid out; a deck is open when its first
slide is seen (from the start of the navigation to the first contentful paint, the median of
several loads). Needs playwright, and Chromium in the path or named in CHROMIUM.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

import backproof

ROOT = Path(__file__).resolve().parents[1]
TURNS = """() => {
  const taken = [];
  const { length } = story().slides;
  for (let i = 0; i < Math.min(length, 200); i += 1) {
    const start = performance.now();
    turn({ slide: Math.floor((i * length) / Math.min(length, 200)) });
    document.body.offsetHeight;
    taken.push(performance.now() - start);
  }
  taken.sort((a, b) => a - b);
  const share = (part) => taken[Math.floor(part * (taken.length - 1))];
  return [length, share(0.5), share(0.95), share(1)];
}"""


def deep(layers: int) -> str:
    """A network of tanh layers with a sigmoid and cross-entropy at its end."""
    lines = ["a0 = X"]
    for i in range(1, layers + 1):
        lines += [f"z{i} = W{i} a{i - 1} + b{i}"]
        lines += [f"a{i} = {'sigmoid' if i == layers else 'tanh'}(z{i})"]
    a = f"a{layers}"
    return "\n".join([*lines, f"L = mean(-y * log({a}) - (1 - y) * log(1 - {a}))"]) + "\n"


PAINTED = """() => new Promise((seen) => new PerformanceObserver((list) =>
  seen(list.getEntriesByName("first-contentful-paint")[0].startTime)
).observe({ type: "paint", buffered: true }))"""
LOADS = 7


LONG = """z = W x + b
L = (y - tanh(z))^2 + log(1 + exp(-z)) + sin(z) * cos(z) * exp(-z^2) + z^3 / (1 + z^2 + z^4) + \
sqrt(1 + z^2) * log(1 + z^2) - tanh(z) / (1 + exp(z))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notes", nargs="*", type=Path)
    notes: list[Path] = parser.parse_args().notes
    with tempfile.TemporaryDirectory() as folder:
        if not notes:
            notes = [ROOT / "examples" / "two_layer_ko.md"]
            for name, text in {"20 layers.txt": deep(20), "long.txt": LONG}.items():
                notes.append(Path(folder) / name)
                notes[-1].write_text(text, encoding="utf-8")
        measured = f"{'opens':>9}{'median':>9}{'95 %':>8}{'most':>8}"
        print(f"{'note':<20}{'made':>8}{'size':>9}{'slides':>8}{measured}")
        for note in notes:
            measure(note, Path(folder))


def measure(note: Path, folder: Path) -> None:
    start = time.perf_counter()
    html = backproof.render(backproof.derive(backproof.read(note)), "html", detail="full")
    made = time.perf_counter() - start
    (folder / "deck.html").write_text(html, encoding="utf-8")
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        opened: list[float] = []
        for _ in range(LOADS):
            page.goto("about:blank")
            page.goto((folder / "deck.html").as_uri())
            opened.append(page.evaluate(PAINTED))
        page.evaluate("document.fonts.ready")
        slides, *turned = page.evaluate(TURNS)
        taken = [statistics.median(opened), *turned]
        browser.close()
    times = "".join(f"{ms:>7.0f}ms"[-8:].rjust(8) for ms in taken)
    print(f"{note.name:<20}{made:>7.1f}s{len(html.encode()) / 1000:>7.0f}kB{slides:>8}{times}")


if __name__ == "__main__":
    main()
