"""The regular expressions and small tables of the lexer."""

from __future__ import annotations

import re

LATEX = re.compile(
    r"""
    (?P<space>(?:\s|~|\\[ ,;:!>/\n\r]|%[^\n]*)+)
  | (?P<layer>\^\{\s*(?:\(\s*(?P<paren>\w)\s*\)|\[\s*(?P<square>\w)\s*\])\s*\})
  | (?P<turned>\^(?:
        T
      | \{\s*(?:T|\\(?:top|intercal|prime)
          |\\(?:mathsf|mathrm|mathbf|text|rm)\s*(?:T|\{\s*T\s*\}))\s*\}
      | \s*\\(?:top|intercal|prime)(?![A-Za-z])
      | \s*\\(?:mathsf|mathrm|mathbf|text)\s*(?:T|\{\s*T\s*\})
    ))
  | (?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾⁼ᵀⁿⁱᵗˡᵐᵏʲᵃᵇᶜᵈᵉʰʳˢᵘᵛʷˣʸᴸ]+)
  | (?P<lowered>[₀₁₂₃₄₅₆₇₈₉₊₋₍₎₌ᵢⱼₖₗₘₙₚₛₜₓₐₑₒᵣᵤᵥₕ]+)
  | (?P<row>\\\\\*?(?:[ \t]*\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|in|px|mu)\s*\])?)
  | (?P<number>(?:\d+(?:\{,\}\d{3})*(?:\.\d+)?|\.\d+)(?:[eE]-?\d+)?)
  | (?P<fence>\\(?P<side>left|right|middle|[bB]igg?[lrm]?)(?![A-Za-z])\s*
      (?P<shape>[()\[\]|./<>]|\\[{}|]|\\[A-Za-z]+|[⟨⟩‖∥⌊⌋⌈⌉∣]))
  | (?P<overlay>\\(?:only|onslide|uncover|visible|alert)\s*<[\d\-,\s|a-z:]*>)
  | (?P<argmax>\\arg\s*(?:\\[,;!:]|\s)*\\(?P<extreme>max|min)(?![A-Za-z]))
  | (?P<font>\\(?P<face>text(?:rm|bf|it|sf|tt|normal)?|mbox|hbox|mathrm|mathit|mathsf|mathtt|mathop
      |operatorname|mathbf|rm)
      (?![A-Za-z])\*?)
  | (?P<env>\\(?P<edge>begin|end)\s*\{\s*(?P<name>[A-Za-z]+)\*?\s*\})
  | (?P<command>\\(?P<word>[A-Za-z]+)\*?)
  | (?P<escape>\\(?P<what>.))
  | (?P<entity>&(?:amp|lt|gt);)
  | (?P<ascii>:=|(?<![\^_{])[-+][ ]?=(?!=)|<=>|<=|>=|!=|<-|->|==|=>|\.\.\.+|''+|')
  | (?P<suchthat>s\.\s*t\.)
  | (?P<attribute>\.T(?![A-Za-z]))
  | (?P<bare>[A-Za-z]+\(\))
  | (?P<letters>(?:(?:np|numpy|torch|tf|math)\.(?=[a-z]))?[A-Za-z]+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

ASCII = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾⁼ᵀⁿⁱᵗˡᵐᵏʲᵃᵇᶜᵈᵉʰʳˢᵘᵛʷˣʸᴸ]+)
  | (?P<lowered>[₀₁₂₃₄₅₆₇₈₉₊₋₍₎₌ᵢⱼₖₗₘₙₚₛₜₓₐₑₒᵣᵤᵥₕ]+)
  | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)
  | (?P<turned>\.T(?![A-Za-z0-9_])|\^T(?![A-Za-z0-9_])|\^\(T\)|\^\{T\}|\.transpose\(\)|\.t\(\))
  | (?P<power>\*\*)
  | (?P<ascii>:=|[-+]=(?!=)|<=>|<=|>=|!=|<-|->|==|=>|\.\.\.+|\.\.|''+|'|~|\.\*)
  | (?P<method>\.(?=[A-Za-z_]+\())
  | (?P<letters>(?:(?:np|numpy|math|torch|tf|jnp|jax|scipy|F|nn|linalg|functional|special)\.)*
      [A-Za-z\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3\u4e00-\u9fff]
      [A-Za-z0-9\u3131-\u318e\uac00-\ud7a3\u4e00-\u9fff]*)
  | (?P<greek>[α-ωϕϵΔΣΘΛΠΦΨΩΓ][0-9]+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

BRACES = re.compile(r"\\.|[{}]", re.DOTALL)

#: A space that sets two equations apart.
WIDE = re.compile(
    r"\\hspace\*?\s*\{\s*(?:[1-9]\d*\.?\d*\s*(?:em|cm|in)|0?\.[3-9]\d*\s*(?:in|cm)|[1-9]\d+\s*\w+)\s*\}"
)

SIGNS = {
    ":=": ("REL", ":="),
    "+=": ("REL", "+="),
    "-=": ("REL", "-="),
    "<=": ("REL", "<="),
    ">=": ("REL", ">="),
    "!=": ("REL", "!="),
    "<-": ("REL", "<-"),
    "->": ("REL", "to"),
    "==": ("REL", "="),
    "=>": ("STEP", ""),
    "<=>": ("STEP", ""),
    "~": ("REL", "~"),
    "..": ("ELL", ".."),
    ".*": ("OP", "*"),
}

#: Behind a backslash, without being a command.
ESCAPED = {
    "{": ("OPEN", "brace"),
    "}": ("CLOSE", "brace"),
    "|": ("BAR", "‖"),
    "_": ("SUB", "_"),
    "*": ("OP", "*"),
    "^": ("SUP", "^"),
    "&": ("TEXT", "and"),
    "%": ("TEXT", "%"),
    "-": ("SKIP", ""),
    "#": ("SYMBOL", "count"),
}

#: Behind `\left` and the like.
SHAPES = {
    shape: kind
    for kind, shapes in {
        "paren": "( )",
        "square": r"[ ] \lbrack \rbrack",
        "brace": r"\{ \} \lbrace \rbrace",
        "abs": r"| ∣ \vert \lvert \rvert",
        "norm": r"\| ‖ ∥ \Vert \lVert \rVert",
        "angle": r"< > ⟨ ⟩ \langle \rangle",
        "floor": r"⌊ ⌋ \lfloor \rfloor",
        "ceil": r"⌈ ⌉ \lceil \rceil",
        "slash": "/",
        "none": ".",
    }.items()
    for shape in shapes.split()
}
#: The marks that a typeface leaves on a lone letter; `rm` for those not listed.
FACES = {"textbf": ("bold",), "mathbf": ("bold",), "textit": (), "mathit": (), "textnormal": ()}
