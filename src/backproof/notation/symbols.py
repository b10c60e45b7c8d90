r"""What every command, character and word of a formula stands for, before anyone parses it.

Each table maps a spelling to the kind of token it becomes and the value it carries. `\sum`, `∑` and
`sum` meet here; nothing behind the lexer knows how a thing was spelled.
"""

from __future__ import annotations

import re
import unicodedata


def _table(text: str) -> dict[str, tuple[str, str]]:
    """Rows of kind, value and spellings: a value may be the spelling itself (`same`)."""
    table: dict[str, tuple[str, str]] = {}
    kind = value = ""
    for line in text.strip().splitlines():
        words = line.split()
        if not line.startswith(" "):
            kind, value, *words = words
        for word in words:
            table[word] = kind, {"same": word, "none": ""}.get(value, value)
    return table


_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρςστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
        (
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi "
            "rho varsigma sigma tau upsilon phi chi psi omega Alpha Beta Gamma Delta Epsilon "
            "Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigma Tau Upsilon Phi "
            "Chi Psi Omega"
        ).split(),
        strict=True,
    )
)

#: The names that TeX sets as operators: `\log x` needs no brackets.
FUNCTIONS = frozenset(
    (
        "log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth "
        "max min det dim ker deg gcd sup inf lim arg hom Pr argmax argmin limsup liminf"
    ).split()
)

#: With a subscript these range over something: `\max_i z_i`.
RANGING = frozenset("max min argmax argmin sup inf lim sum prod".split())

#: Runs of letters that are one name even in LaTeX, where `Wx` is a product of two.
WORDS = FUNCTIONS | frozenset(
    (
        "sigmoid softmax relu ReLU RELU Relu LeakyReLU softplus sign sgn diag trace tr "
        "mean std var Var Cov loss Loss LOSS cost Cost error Error MSE mse RMSE CE BCE KL "
        "sum prod dot outer erf GELU gelu ELU elu SiLU silu swish net out abs norm concat "
        "logits sqrt Sigmoid Softmax Tanh batch one_hot target input output where "
        "logsumexp clip erfc logistic expit True False None axis keepdims"
    ).split()
)

#: `logP` and `expx` are a function and a letter.
_BEFORE_A_LETTER = frozenset("log ln exp sin cos tanh".split())
_NAME = re.compile(r"[A-Z]?[a-z]{4,}")


def first_name(word: str) -> int:
    """How many of the letters of a word in LaTeX make one name."""
    if word in WORDS:
        return len(word)
    if word[:-1] in _BEFORE_A_LETTER:
        return len(word) - 1
    if len(word) < 3 or word[1:] in WORDS:
        return 1
    return len(word) if _NAME.fullmatch(word) else 1


#: Words that join formulas rather than stand in one.
CONNECTIVES = frozenset(
    (
        "if and or where for with let when otherwise else then so since thus hence is are "
        "as by such that on over given const constant unless Let Then If For Where And "
        "Otherwise Thus So"
    ).split()
)

OTHERWISE = frozenset(
    (
        "otherwise else elsewhere other others ow o.w. o.w default rest 그외 그렇지않으면 그밖에 "
        "나머지 아니면 이외 그밖의경우 그외의경우 이외의경우 其他 其它 否则 sonst sinon"
    ).split()
)

#: LaTeX command -> (token kind, value)
COMMANDS = {name: ("SYMBOL", name) for name in FUNCTIONS} | _table(r"""
SYMBOL  same     alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron
                 pi rho sigma tau upsilon phi chi psi omega Alpha Beta Gamma Delta Epsilon Zeta
                 Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho Sigma Tau Upsilon Phi Chi Psi
                 Omega varepsilon vartheta varpi varrho varsigma varphi ell hbar imath jmath Re Im
                 nabla partial infty emptyset varnothing aleph digamma wp Box square triangle eth
                 complement surd angle checkmark bot flat natural sharp dagger ddagger top intercal
                 prime backslash
SYMBOL  nabla    bigtriangledown triangledown
SYMBOL  reals    R RR Reals reals
OP      same     cdot times odot circ otimes
OP      cdot     bullet centerdot cdotp
OP      *        ast star
OP      /        div slash
ADD     +        plus
REL     <=       le leq leqslant leqq
REL     >=       ge geq geqslant geqq
REL     !=       ne neq notin
REL     <        lt ll
REL     >        gt gg
REL     same     approx equiv propto in to
REL     approx   simeq cong approxeq doteq
REL     ~        sim
REL     in       ni subset subseteq
REL     :=       triangleq coloneqq coloneq vcentcolon defeq
REL     <-       leftarrow gets longleftarrow Leftarrow
REL     to       rightarrow mapsto longrightarrow hookrightarrow
STEP    none     Rightarrow implies iff Leftrightarrow Longrightarrow therefore because impliedby
                 leftrightarrow Longleftrightarrow leftrightharpoons rightleftharpoons
TEXT    for-all  forall
TEXT    there-is exists
ELL     ...      dots cdots ldots vdots ddots dotsc dotsb dotsm dotso hdots iddots
BIG     same     sum prod
FRAC    none     frac dfrac tfrac cfrac nicefrac sfrac
SQRT    none     sqrt
OVER    none     over
MARK    same     hat bar tilde dot ddot vec check breve cal rm it
MARK    hat      widehat
MARK    bar      overline
MARK    tilde    widetilde
MARK    vec      overrightarrow
MARK    under    underline underbar
MARK    bold     mathbf boldsymbol bm pmb bf bold boldmath symbf textbf mathbfit mathbfsf
MARK    cal      mathcal mathscr
MARK    bb       mathbb Bbb mathds
MARK    frak     mathfrak
MARK    rm       mathrm mathsf mathtt sf tt operatorname mathop textrm textsf mathnormal
MARK    it       mathit textit
QUAD    none     quad qquad enspace hfill hskip hfil
ROW     none     newline cr linebreak
SKIP    none     displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits mathstrut
                 strut nonumber notag left right negthinspace negmedspace negthickspace thinspace
                 pause IEEEyesnumber IEEEnonumber IEEEeqnarraynumspace
                 medspace thickspace small large Large normalsize footnotesize centering noindent
                 hline relax allowbreak nobreak unicode smallskip medskip bigskip par big Big bigg
                 Bigg bigm Bigm biggm Biggm scriptsize tiny LARGE huge break lq space
THROUGH none     boxed fbox cancel bcancel xcancel mathbin mathrel mathord mathopen mathclose
                 mathinner smash underbrace overbrace ensuremath mathpunct framebox hbox vcenter
                 underbracket overbracket sout colorbox llap rlap mathllap mathrlap mathclap
                 tcbhighmath Aboxed substack only onslide uncover visible alert
DROP    1        tag label hspace vspace phantom hphantom vphantom color require style class cssId
                 eqref ref mspace mkern kern hypertarget intertext shortintertext rule gls cite
DROP    through  textcolor href bbox
OVERSET same     overset stackrel underset xrightarrow xleftarrow
BAR     |        vert mid
BAR     ‖        Vert parallel
OPEN    abs      lvert
OPEN    norm     lVert
OPEN    angle    langle
OPEN    floor    lfloor
OPEN    ceil     lceil
OPEN    brace    lbrace
OPEN    square   lbrack
CLOSE   abs      rvert
CLOSE   norm     rVert
CLOSE   angle    rangle
CLOSE   floor    rfloor
CLOSE   ceil     rceil
CLOSE   brace    rbrace
CLOSE   square   rbrack
COLON   :        colon
""")

#: Understood, and not supported: said by name.
REFUSED = {
    **dict.fromkeys("binom dbinom choose".split(), "binomial coefficients"),
    **dict.fromkeys("int iint oint".split(), "integrals"),
    **dict.fromkeys("pm mp".split(), "two signs at once"),
    **dict.fromkeys("oplus ominus".split(), "sums of another kind"),
    **dict.fromkeys("cap cup bigcup bigcap setminus".split(), "sets"),
    **dict.fromkeys("land lor wedge vee neg lnot".split(), "logic"),
}

#: Character -> (token kind, value)
CHARACTERS = {letter: ("SYMBOL", name) for letter, name in _GREEK.items()} | _table(r"""
SYMBOL  epsilon  ϵ
SYMBOL  phi      ϕ
SYMBOL  vartheta ϑ
SYMBOL  mu       µ
SYMBOL  partial  ∂
SYMBOL  nabla    ∇
SYMBOL  infty    ∞
SYMBOL  ell      ℓ
SYMBOL  Delta    ∆
OP      cdot     · ⋅ ∙ • ・
OP      times    ×
OP      *        ∗ ⋆
OP      same     * @ /
OP      odot     ⊙
OP      circ     ∘ ◦
OP      otimes   ⊗
OP      /        ÷ ∕ ⁄
ADD     same     + -
ADD     -        − – ﹣ －
ADD     +        ＋
REL     same     = < >
REL     =        ＝
REL     <=       ≤ ⩽
REL     >=       ≥ ⩾
REL     !=       ≠
REL     approx   ≈ ≃
REL     equiv    ≡
REL     :=       ≜ ≔
REL     propto   ∝
REL     ~        ∼
REL     in       ∈
REL     <-       ←
REL     to       → ↦
STEP    none     ⇒ ⟹ ⇔ ∴ ∵
BIG     sum      ∑
BIG     prod     ∏
SQRT    none     √
ELL     ...      … ⋯ ⋮ ⋱ ⋰ ⁝ ⁞ ︙
TEXT    for-all  ∀
OPEN    paren    ( （
CLOSE   paren    ) ）
OPEN    square   [
CLOSE   square   ]
OPEN    angle    ⟨
CLOSE   angle    ⟩
OPEN    floor    ⌊
CLOSE   floor    ⌋
OPEN    ceil     ⌈
CLOSE   ceil     ⌉
BAR     same     | ‖
BAR     |        ∣
BAR     ‖        ∥
COMMA   same     , ;
COMMA   ,        ， 、
COMMA   ;        ；
COLON   same     :
COLON   :        ：
QUEST   same     ?
QUEST   ?        ？
NUMBER  0.5      ½
NUMBER  0.25     ¼
NUMBER  0.75     ¾
SUB     same     _
SUP     same     ^
AMP     none     &
LB      none     {
RB      none     }
PRIME   1        ′
PRIME   2        ″
SYMBOL  top      ⊤
STOP    same     . !
STOP    .        。 ．
""")

_DOUBLE = {"ℝ": "R", "ℕ": "N", "ℤ": "Z", "ℚ": "Q", "ℂ": "C", "ℙ": "P"}
_SCRIPT = {"ℒ": "L", "ℰ": "E", "ℋ": "H", "ℱ": "F", "ℬ": "B", "ℛ": "R", "ℐ": "I", "ℳ": "M"}
_STYLES = (("DOUBLE-STRUCK", "bb"), ("FRAKTUR", "frak"), ("SCRIPT", "cal"), ("BOLD", "bold"))


#: Accents that combine with the letter before them -> the mark that they are.
ACCENTS = {
    "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot",
    "\u20d7": "vec",
}  # fmt: skip


def styled(character: str) -> tuple[str, tuple[str, ...]] | None:
    """The plain base and the marks of a mathematical alphanumeric, or of a letter with an accent:
    `𝐖` is a bold `W`, `ŷ` a `y` with a hat."""
    letter, *accents = unicodedata.normalize("NFD", character)
    if len(accents) == 1 and accents[0] in ACCENTS and letter.isascii():
        return letter, (ACCENTS[accents[0]],)
    if character in _DOUBLE:
        return _DOUBLE[character], ("bb",)
    if character in _SCRIPT:
        return _SCRIPT[character], ("cal",)
    if not 0x1D400 <= ord(character) <= 0x1D7FF and character != "ℎ":
        return None
    plain = unicodedata.normalize("NFKC", character)
    name = unicodedata.name(character, "")
    marks = next(((mark,) for word, mark in _STYLES if word in name), ())
    return CHARACTERS[plain][1] if plain in CHARACTERS else plain, marks


#: Superscript and subscript characters, one for one, so that positions stay right.
RAISED = dict(
    zip(
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾⁼ᵀⁿⁱᵗˡᵐᵏʲᵃᵇᶜᵈᵉʰʳˢᵘᵛʷˣʸᴸ",
        "0123456789+-()=Tnitlmkjabcdehrsuvwxy" + "L",
        strict=True,
    )
)
LOWERED = dict(
    zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎₌ᵢⱼₖₗₘₙₚₛₜₓₐₑₒᵣᵤᵥₕ", "0123456789+-()=ijklmnpstxaeoruvh", strict=True)
)

#: Environments whose rows are statements.
ROWS = frozenset(
    (
        "equation align aligned alignedat gather gathered multline multlined eqnarray "
        "flalign alignat split displaymath math dmath subequations darray dgroup empheq "
        "IEEEeqnarray IEEEeqnarraybox"
    ).split()
)
#: Environments with an argument in braces for their columns, or for what they wrap.
TAKES_COLUMNS = frozenset("array darray alignedat alignat empheq IEEEeqnarray".split())
MATRICES = {
    "matrix": "", "bmatrix": "square", "pmatrix": "paren", "vmatrix": "abs", "Vmatrix": "norm",
    "Bmatrix": "brace", "smallmatrix": "", "array": "",
}  # fmt: skip
CASES = frozenset(["cases", "dcases", "rcases", "numcases"])
ENVIRONMENTS = {
    **dict.fromkeys(ROWS, "ROWS"),
    **dict.fromkeys(MATRICES, "MATRIX"),
    **dict.fromkeys(CASES, "CASES"),
}
