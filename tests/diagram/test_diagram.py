"""Pictures of networks: every quantity is in them, and what is lit is lit."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from backproof import parse, read
from backproof.errors import ModelError
from backproof.show.diagram import diagram
from backproof.show.diagram.labels import label

from ..calculus.networks import Network, networks

NOTES = sorted((Path(__file__).parents[2] / "examples").glob("*.md"))
SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = [None, 320]


def groups(svg: str, quantity: str) -> list[ET.Element]:
    """The elements that stand for a quantity."""
    return ET.fromstring(svg).findall(f".//*[@data-quantity='{quantity}']")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("note", NOTES, ids=lambda n: n.stem)
def test_every_quantity_of_every_example_is_addressable(note: Path, width: int | None) -> None:
    model = read(note)
    svg = diagram(model, width=width)
    for plain in model.shapes:
        found = groups(svg, plain)
        assert any(
            e.tag in (f"{SVG}rect", f"{SVG}circle", f"{SVG}path", f"{SVG}text")
            for group in found
            for e in group
        ), plain
    assert {e.get("data-quantity") for e in ET.fromstring(svg).iter()} - {None} <= set(model.shapes)
    assert diagram(read(note), width=width) == svg


@pytest.mark.parametrize("note", NOTES, ids=lambda n: n.stem)
def test_exactly_the_wanted_pieces_are_lit(note: Path) -> None:
    model = read(note)
    wanted = list(model.shapes)[:3]
    svg = diagram(model, lit=wanted)
    for plain in model.shapes:
        for group in groups(svg, plain):
            assert (group.get("class") == "lit") == (plain in wanted), plain
    assert re.sub(' class="lit"', "", svg) == diagram(model)


def test_a_name_that_the_model_lacks_is_refused() -> None:
    with pytest.raises(ModelError, match="no quantity 'W7'"):
        diagram(read(NOTES[0]), lit=["W7"])


@settings(max_examples=100, deadline=None)
@given(networks())
def test_any_network_at_all_is_drawn_with_all_its_quantities(network: Network) -> None:
    for width in WIDTHS:
        root = ET.fromstring(diagram(network.model, width=width))
        found = {e.get("data-quantity") for e in root.iter()} - {None}
        assert found == set(network.model.shapes)


def note(*equations: str) -> str:
    return "\n\n".join(f"$${e}$$" for e in equations)


def deep(depth: int) -> str:
    layers = (
        f"a_{{{i}}} = \\tanh(W_{{{i}}} a_{{{i - 1}}} + b_{{{i}}})" for i in range(1, depth + 1)
    )
    return note(*layers, f"L = \\frac12 \\| a_{{{depth}}} - y \\|^2")


@pytest.mark.parametrize(("depth", "width"), [(1, None), (100, None), (100, 320), (300, 3840)])
def test_a_network_of_any_depth_fits_and_keeps_all_its_quantities(
    depth: int, width: int | None
) -> None:
    model = parse(deep(depth))
    root = ET.fromstring(diagram(model, width=width))
    assert {e.get("data-quantity") for e in root.iter()} - {None} == set(model.shapes)
    along = float(root.get("width" if width != 320 else "height", "0"))
    assert along < (2000 if width is None else 1.3 * max(width, 1500))
    said = "".join(root.itertext())
    assert ("more layers" in said) == (depth > 1)


def test_the_folded_layers_are_counted_in_the_language_of_the_reader() -> None:
    model = parse(deep(100))
    english, korean = diagram(model), diagram(model, language="ko")
    folded = re.search(r"(\d+) more layers", english)
    assert folded is not None
    cells = len(re.findall(r'class="cell"', english))
    assert int(folded[1]) == cells  # a name each; weights look another way
    assert f"층 {folded[1]}개 생략" in korean


def lit_arrows(svg: str) -> set[tuple[str, str]]:
    """The pairs of quantities between which a gradient is shown to flow."""
    root = ET.fromstring(svg)
    return {
        (outer.get("data-quantity", ""), inner.get("data-quantity", ""))
        for outer in root.iter(f"{SVG}g")
        for inner in outer.findall(f"{SVG}g[@class='lit']")
        if outer.get("class") == "lit" and inner.findall(f".//{SVG}g[@class='backward']")
    }


def test_the_gradient_flows_back_along_exactly_the_lit_path() -> None:
    model = read(NOTES[0].with_name("two_layer_en.md"))
    assert lit_arrows(diagram(model)) == set()
    path = ["L", "a2", "z2", "W2"]
    assert lit_arrows(diagram(model, lit=path)) == set(pairwise(path))


def test_a_second_name_lights_what_it_stands_for() -> None:
    model = read(NOTES[0].with_name("two_layer_en.md"))
    assert lit_arrows(diagram(model, lit=["L", "h"])) == {("L", "a2")}


def test_both_paths_around_a_skip_are_lit() -> None:
    model = read(NOTES[0].with_name("residual.md"))
    svg = diagram(model, lit=["h2", "h1"])
    assert lit_arrows(svg) == {("h2", "h1")}
    lit = re.findall('"h2" class="lit"><g data-quantity="h1" class="lit"><g class="backward"', svg)
    assert len(lit) == 4  # from h2 to +, from there to h1, and to the tanh layer, from there to h1


def units(svg: str, quantity: str) -> int:
    return sum(len(g.findall(f"{SVG}circle[@class='unit']")) for g in groups(svg, quantity))


def test_known_units_are_drawn_one_by_one() -> None:
    model = parse(
        "W \\in \\mathbb{R}^{3 \\times 2}".join(["$$", "$$\n\n"])
        + note("a = \\sigma(W x)", "L = \\frac12 \\| a - y \\|^2")
    )
    assert units(diagram(model), "x") == 2
    assert units(diagram(model), "a") == 3


def test_unknown_units_are_the_first_the_second_and_the_last() -> None:
    svg = diagram(read(NOTES[0].with_name("rows.md")))
    assert units(svg, "X") == 3
    assert svg.count('class="dot"') == 9


@pytest.mark.parametrize(
    ("equations", "quantities"),
    [
        (["L = \\| w \\|^2"], {"w", "L"}),
        (["L = (w x + b - y)^2"], {"w", "x", "b", "y", "L"}),
        (["z = W x", "L = \\| z \\|^2 + \\| W \\|^2"], {"W", "x", "z", "L"}),
    ],
)
def test_the_smallest_networks_are_drawn(equations: list[str], quantities: set[str]) -> None:
    root = ET.fromstring(diagram(parse(note(*equations))))
    assert {e.get("data-quantity") for e in root.iter()} - {None} == quantities


def test_very_many_names_at_one_node_become_small_cells() -> None:
    names = " + ".join(f"\\| w_{{{i}}} \\|^2" for i in range(1, 31))
    svg = diagram(parse(note("z = W x", f"L = \\| z - y \\|^2 + {names}")))
    assert all(groups(svg, f"w{i}") for i in range(1, 31))
    assert svg.count('class="cell"') == 30


def test_names_keep_their_author_s_notation() -> None:
    svg = diagram(read(NOTES[0].with_name("deep_relu_softmax.md")))
    texts = {"".join(t.itertext()) for t in ET.fromstring(svg).iter(f"{SVG}text")}
    assert {"Z[1]", "A[1]", "W[2]", "Ŷ", "ReLU", "n1"} <= texts


def test_a_title_and_a_description_are_read_aloud() -> None:
    root = ET.fromstring(diagram(read(NOTES[0].with_name("two_layer_ko.md"))))
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "입력에서 손실 L(x)까지 이어지는 신경망"
    assert "W⁽¹⁾, b⁽¹⁾, W⁽²⁾, b⁽²⁾" in (root.findtext(f"{SVG}desc") or "")


def test_fixed_colours_leave_no_custom_properties() -> None:
    svg = diagram(read(NOTES[0]), theme="dark")
    assert "var(" not in svg
    assert "color-mix" not in svg
    assert "var(--accent, var(--net-accent))" in diagram(read(NOTES[0]))


@pytest.mark.parametrize(
    ("written", "runs"),
    [
        ("W^{[2]}", [("W", "italic", 0), ("[2]", "", 1)]),
        (r"\hat{y}", [("ŷ", "italic", 0)]),
        (r"\mathbf{W}_{xh}", [("W", "bold", 0), ("xh", "italic", -1)]),
        (r"\boldsymbol{\beta}", [("β", "bold italic", 0)]),
        ("h_{t-1}", [("h", "italic", 0), ("t", "italic", -1), ("−1", "", -1)]),
        (r"\text{score}", [("score", "", 0)]),
        ("h(x)", [("h", "italic", 0), ("(", "", 0), ("x", "italic", 0), (")", "", 0)]),
        (r"W^{(1)\top}", [("W", "italic", 0), ("(1)T", "", 1)]),
        (r"\Delta_{손실}", [("Δ", "", 0), ("손실", "", -1)]),
    ],
)
def test_a_name_is_set_as_its_author_would_set_it(
    written: str, runs: list[tuple[str, str, int]]
) -> None:
    assert [(run.text, run.style, run.level) for run in label(written).runs] == runs


def test_an_accent_that_no_character_has_stands_above_its_letter() -> None:
    for letter in ("X", "z"):
        [run] = label(rf"\hat{{{letter}}}").runs
        assert (run.text, run.accent) == (letter, "\u0302")
    texts = [
        t for t in diagram(read(NOTES[0].with_name("tied_weights.md"))).split("<text") if "ˆ" in t
    ]
    assert len(texts) == 1


def places(svg: str) -> dict[str, tuple[float, float]]:
    """Where the layers and the other nodes with a name stand."""
    out: dict[str, tuple[float, float]] = {}
    for node in ET.fromstring(svg).iter(f"{SVG}g"):
        where = re.fullmatch(r"translate\((\S+) (\S+)\)", node.get("transform", ""))
        if where is None or node.get("class") in ("parameter", "target", "operation"):
            continue
        for shape in node.findall(f"{SVG}g[@data-quantity]"):
            if any(e.get("class", "").startswith(("unit", "body")) for e in shape):
                out[shape.get("data-quantity", "")] = (float(where[1]), float(where[2]))
    return out


def test_the_longest_chain_is_a_straight_line_and_inputs_stand_by_what_they_enter() -> None:
    at = places(diagram(read(NOTES[0].with_name("rnn.md"))))
    chain = ("h1", "h2", "h3", "o3", "L")
    assert [at[q][1] for q in chain] == pytest.approx([at["L"][1]] * 5, abs=0.5)
    x = [at[q][0] for q in ("h0", "h1", "h2", "h3", "o3", "L")]
    assert x == sorted(x)
    assert [at[q][0] for q in ("x1", "x2", "x3")] == pytest.approx(x[:3])
    down = places(diagram(read(NOTES[0].with_name("rnn.md")), width=320))
    assert [down[q][0] for q in chain] == pytest.approx([down["L"][0]] * 5, abs=0.5)
    assert at["o1"][1] < at["h2"][1] < at["x3"][1]


def test_a_target_is_no_part_of_the_layer_that_it_is_compared_with() -> None:
    svg = diagram(parse(note("L = (w x + b - y)^2")), lit=["L", "y", "b"])
    assert lit_arrows(svg) == {("L", "y"), ("L", "b")}
    root = ET.fromstring(svg)
    layer = [g for g in root.iter(f"{SVG}g") if g.get("class") == "layer"]
    assert all(g.find(f".//{SVG}g[@class='target']") is None for g in layer)
    loss = root.find(f".//{SVG}g[@class='loss']")
    assert loss is not None
    assert loss.find(f".//{SVG}g[@class='target']") is not None
