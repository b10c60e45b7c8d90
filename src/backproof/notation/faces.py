r"""Words in a typeface: what `\text{softmax}`, `\mathrm{d}` and `\text{ if }` turn out to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .patterns import FACES
from .symbols import COMMANDS, CONNECTIVES, WORDS

if TYPE_CHECKING:
    from .lexer import Lexer

_LONG = 400  # no name is longer
_LETTERS = re.compile(r"\s*([A-Za-z]+)")
_LETTER = re.compile(r"\s*([A-Za-z])")
_OPENING = re.compile(r"\s*\{")
#: `\text{np.sum}`: the module goes, as from `np.sum`.
_MODULE = re.compile(r"^(np|numpy|torch|tf)\.(?=[A-Za-z_]+$)")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_PHRASE = re.compile(r"[A-Za-z][\w\-]*")
_FOREIGN = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
#: `p = i`: a condition that is set as text.
_COMPARED = re.compile(r"[A-Za-z]\s*[=<>]\s*(?:[A-Za-z]|\d+)")
_SIGNS = re.compile(r"[A-Za-z]|\d+|[=<>,]")
_OPERATOR = re.compile(r"\\(arg)?\\?(max|min|[A-Za-z]+)")


def _is_condition(content: str) -> bool:
    r"""Whether words with formulas say when something holds, `if $x > 0$`: a word or two before
    each. More words are a sentence that speaks of what stands between its dollars."""
    if "$" not in content:
        return _COMPARED.fullmatch(content) is not None
    return all(len(words.split()) <= 2 for words in content.split("$")[::2])


def _formulas(lexer: Lexer, at: int, content: str) -> None:
    r"""`\text{if $x > 0$}`: words, and formulas among them."""
    inside = "$" not in content
    for part in content.split("$"):
        signs = part.strip()
        if inside or (signs and _SIGNS.fullmatch(signs)):
            for token in type(lexer)(part, lexer.style).run():
                token.start += at
                token.end += at
                lexer.tokens.append(token)
        elif signs:
            lexer.add("TEXT", signs, at, at + len(part), signs)
        at += len(part) + 1
        inside = not inside


def word_in_face(lexer: Lexer, m: re.Match[str]) -> int | None:
    r"""`\text{softmax}` is a name, `\text{ if }` is prose, `\mathrm{W x}` only a typeface."""
    face, text = m["face"], lexer.text
    prose = face.startswith("text") or face in ("mbox", "hbox")
    marks = FACES.get(face, ("rm",))
    if face == "rm":
        word = _LETTERS.match(text, m.end())
        if not word:
            return None
        lexer.name(word[1], m.start(), word.end(), text[m.start() : word.end()], marks)
        return word.end()
    opening = _OPENING.match(text, m.end())
    if not opening:
        word = _LETTER.match(text, m.end())
        if not word:
            lexer.add(
                "SKIP" if prose else "MARK",
                "it" if not marks else marks[0],
                m.start(),
                m.end(),
                m[0],
            )
            return None
        lexer.name(word[1], m.start(), word.end(), text[m.start() : word.end()], marks)
        return word.end()
    end = lexer.braces(opening.end() - 1)
    if end - opening.end() > _LONG and not prose:
        lexer.add("MARK", marks[0] if marks else "it", m.start(), m.end(), m[0])
        return None
    content = text[opening.end() : end - 1].strip()
    plain = re.sub(r"\\[,;:!]|\s+" if not prose else r"\\[,;:!]", "", content).strip()
    plain = _MODULE.sub("", plain)
    written = text[m.start() : end]
    if _WORD.fullmatch(plain) and not (prose and plain in CONNECTIVES):
        if face == "mathbf" and len(plain) > 1 and plain not in WORDS:
            lexer.add("MARK", "bold", m.start(), m.end(), m[0])
            return None
        lexer.name(plain, m.start(), end, written, marks)
        return end
    command = _OPERATOR.fullmatch(plain)
    if not prose and face in ("operatorname", "mathop") and command:
        base = (command[1] or "") + command[2]
        if COMMANDS.get(base, ("",))[0] in ("SYMBOL", "BIG"):
            lexer.add(COMMANDS[base][0], base, m.start(), end, written)
            return end
    if not prose and not (_PHRASE.fullmatch(plain) and "_" not in plain):
        lexer.add("MARK", marks[0] if marks else "it", m.start(), m.end(), m[0])
        return None
    if prose and _is_condition(content):
        _formulas(lexer, text.index(content, opening.end()), content)
    elif not prose:
        lexer.symbol(plain.replace("-", "_"), m.start(), end, written)
    elif not content or content in (",", ".", ";", ":"):
        if content:
            lexer.add({".": "STOP", ":": "COLON"}.get(content, "COMMA"), content, m.start(), end)
    elif _NUMBER.fullmatch(content):
        lexer.add("NUMBER", content, m.start(), end, written)
    elif re.search(r"-|\\_", plain) and _PHRASE.fullmatch(plain.replace("\\_", "_")):
        lexer.symbol(re.sub(r"-|\\_", "_", plain), m.start(), end, written)
    elif _FOREIGN.fullmatch(content) and text[end : end + 1] == "_":
        lexer.symbol(content, m.start(), end, written)  # a word with an index is a quantity
    else:
        lexer.add("TEXT", content, m.start(), end, written)
    return end
