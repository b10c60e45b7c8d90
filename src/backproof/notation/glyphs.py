r"""What LaTeX's commands look like: one character, a kind that decides the space around it, and the
typefaces of letters.

The kinds are TeX's: `ord` for letters and signs, `big` for sums, `word` for `\log`, `limit` for
words with limits below them, `bin` and `rel` for signs between two things, `open`, `close` and
`punct`.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from .symbols import CHARACTERS

Glyph = tuple[str, str]  # kind and characters


def _table(text: str) -> dict[str, Glyph]:
    """Rows of a kind and of pairs `character:name,name`."""
    out: dict[str, Glyph] = {}
    for line in text.strip().splitlines():
        kind, *pairs = line.split()
        for pair in pairs:
            character, names = pair[0], pair[2:]
            out.update(dict.fromkeys(names.split(","), (kind, character)))
    return out


_LIMITS = "max min argmax argmin sup inf lim det gcd Pr limsup liminf"
_WORDS = (
    "log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth dim ker deg "
    "arg hom"
)

#: Command -> kind and characters.
COMMANDS: dict[str, Glyph] = {
    **{
        value: ("ord", character)
        for character, (kind, value) in reversed(CHARACTERS.items())
        if kind == "SYMBOL"
    },
    **{word: ("limit", word) for word in _LIMITS.split()},
    **{word: ("word", word) for word in _WORDS.split()},
    **_table(r"""
ord   ϵ:epsilon ε:varepsilon ϕ:phi φ:varphi ϑ:vartheta ϖ:varpi ϱ:varrho ς:varsigma ϰ:varkappa
ord   ℓ:ell ℏ:hbar ı:imath ȷ:jmath ℜ:Re ℑ:Im ∇:nabla ∂:partial ∞:infty ∅:emptyset,varnothing ℵ:aleph
ord   ⊤:top,intercal ⊥:bot  ∀:forall ∃:exists ¬:neg,lnot □:Box,square △:triangle ∠:angle
ord   …:dots,ldots,dotsc,dotso ⋯:cdots,dotsb,dotsm,hdots ⋮:vdots ⋱:ddots ♭:flat ♮:natural ♯:sharp
ord   †:dagger ‡:ddagger ✓:checkmark °:degree ℘:wp ð:eth \:backslash #:# %:% $:$ &:& _:_ /:slash
big   ∑:sum ∏:prod ∐:coprod ∫:int ∬:iint ∮:oint ⋃:bigcup ⋂:bigcap ⨁:bigoplus ⨂:bigotimes ⨀:bigodot
bin   +:plus ×:times ÷:div ⋅:cdot,cdotp,centerdot •:bullet ⊙:odot ∘:circ ⊗:otimes ⊕:oplus ⊖:ominus
bin   ∗:ast ⋆:star ±:pm ∓:mp ∩:cap ∪:cup ∖:setminus ∧:land,wedge ∨:lor,vee ⊘:oslash ⋄:diamond
rel   ≤:le,leq,leqslant,leqq ≥:ge,geq,geqslant,geqq ≠:ne,neq <:lt >:gt ≪:ll ≫:gg ≈:approx ≃:simeq
rel   ≡:equiv ≅:cong ∝:propto ∼:sim ≐:doteq ≜:triangleq,defeq ≔:coloneqq,coloneq ∈:in ∉:notin ∋:ni
rel   ⊂:subset ⊆:subseteq ⊃:supset ⊇:supseteq ←:leftarrow,gets →:to,rightarrow ↦:mapsto ∣:mid
rel   ⟵:longleftarrow ⟶:longrightarrow ⇐:Leftarrow ⇒:Rightarrow ⇔:Leftrightarrow ↔:leftrightarrow
rel   ⟹:implies,Longrightarrow ⟺:iff,Longleftrightarrow ⟸:impliedby ∴:therefore ∵:because ≺:prec
rel   ↑:uparrow ↓:downarrow ⊢:vdash ⊨:models ∥:parallel ⊳:triangleright ↪:hookrightarrow ≻:succ
open  ⟨:langle ⌊:lfloor ⌈:lceil {:lbrace,{ [:lbrack |:lvert ‖:lVert
close ⟩:rangle ⌋:rfloor ⌉:rceil }:rbrace,} ]:rbrack |:rvert ‖:rVert
bar   |:vert ‖:Vert,|
punct ::colon
sign  ′:prime
"""),
}

#: Character -> its kind; letters and digits are `ord` and not listed.
KINDS: dict[str, str] = {
    **{character: kind for kind, character in COMMANDS.values() if len(character) == 1},
    **dict.fromkeys("+-−×÷⋅·⊙∘⊗∗*@", "bin"),
    **dict.fromkeys("=<>≤≥≠≈≡:∈←→", "rel"),
    **dict.fromkeys("([", "open"),
    **dict.fromkeys(")]", "close"),
    **dict.fromkeys("|‖", "bar"),
    **dict.fromkeys(",;", "punct"),
    **dict.fromkeys("/.!?…⋯⋮⋱", "sign"),
}
#: Characters that print as another one.
PRINTED = {"-": "−", "–": "−", "－": "−", "*": "∗", "'": "′", "\\": "∖"}

ACCENTS = {
    **dict.fromkeys(("hat", "widehat"), "ˆ"),
    **dict.fromkeys(("tilde", "widetilde"), "˜"),
    **dict.fromkeys(("bar", "overline"), "¯"),
    **dict.fromkeys(("vec", "overrightarrow"), "→"),
    "dot": "˙",
    "ddot": "¨",
    "check": "ˇ",
    "breve": "˘",
    "acute": "´",
    "grave": "`",
}
#: Font commands -> typeface.
FACES = {
    **dict.fromkeys(("mathbf", "bf", "bold", "textbf", "symbf", "mathbfsf"), "bold"),
    **dict.fromkeys(("boldsymbol", "bm", "pmb", "mathbfit", "boldmath"), "bold italic"),
    **dict.fromkeys(("mathrm", "rm", "textrm", "mathnormal", "mathop", "mathord"), "upright"),
    **dict.fromkeys(("mathit", "it", "textit"), "italic"),
    **dict.fromkeys(("mathsf", "sf", "textsf"), "sans-serif"),
    **dict.fromkeys(("mathtt", "tt", "texttt"), "monospace"),
    **dict.fromkeys(("mathcal", "mathscr", "cal"), "script"),
    **dict.fromkeys(("mathbb", "Bbb", "mathds"), "double-struck"),
    **dict.fromkeys(("mathfrak", "frak"), "fraktur"),
}
#: Widths of spaces, in em.
SPACES = {
    **dict.fromkeys((",", "thinspace", " "), "0.1667em"),
    **dict.fromkeys((":", ">", "medspace"), "0.2222em"),
    **dict.fromkeys((";", "thickspace", "enspace"), "0.2778em"),
    "~": "0.25em",
    "quad": "1em",
    "qquad": "2em",
}

_ODD = "ℂℊℋℌℍℎℐℑℒℕℙℚℛℜℝℤℬℭℯℰℱℳℴ"  # letters of typefaces that Unicode had before the others


@cache
def _letters() -> dict[tuple[str, str], str]:
    """(typeface, plain letter) -> the letter in it."""
    out: dict[tuple[str, str], str] = {}
    for character in (*map(chr, range(0x1D400, 0x1D800)), *_ODD):
        name = unicodedata.name(character, "").removeprefix("MATHEMATICAL ").lower()
        name = name.replace("black-letter", "fraktur")
        if character == "ℎ":
            name = "italic small h"
        face = name.split(" small ")[0].split(" capital ")[0].split(" digit ")[0]
        plain = unicodedata.normalize("NFKC", character)
        out[face, plain] = character
    return out


def in_face(text: str, face: str) -> str:
    """Letters and digits in a typeface, as far as there are such characters.

    >>> in_face("W1", "bold"), in_face("L", "script"), in_face("R", "double-struck")
    ('𝐖𝟏', 'ℒ', 'ℝ')
    """
    letters = _letters()
    return "".join(letters.get((face, c), c) for c in text)
