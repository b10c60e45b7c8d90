"""Korean particles follow the sound before them: `{name}[을/를]` gives `값을`, `비를`, `W를`.

The sound is the last one *read aloud*: Hangul has its final consonant in the code point, a digit is
read the Sino-Korean way (`1` 일, `2` 이), a single Latin letter by its name (`m` 엠, `W` 더블유), a
Latin word roughly as it is borrowed (`model` 모델, `softmax` 소프트맥스, `epsilon` 엡실론). Quotes,
brackets, `$` and LaTeX commands that only set type are not read, nor is what stands in brackets
behind a Korean word: `행렬(matrix)을`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from string import Formatter

# After a consonant, after a vowel. Pairs whose one form is the other with 이 or 으 in front
# (이며/며, 으로/로, 으로써/로써) follow a rule instead.
_PAIRS = {"을": "를", "은": "는", "이": "가", "과": "와", "아": "야"}
_PARTICLE = re.compile(r"\[([가-힣]+)/([가-힣]+)\]")

_FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_DIGITS = dict(zip("0123456789", ["ㅇ", "ㄹ", "", "ㅁ", "", "", "ㄱ", "ㄹ", "ㄹ", ""], strict=True))
# Characters whose names end in a consonant: 엘 엠 엔 알, 엡실론 오미크론 입실론, 프라임.
_NAMES = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ", "ε": "ㄴ", "ο": "ㄴ", "υ": "ㄴ", "′": "ㅁ"}
# Words that the endings below would get wrong; `top` sets a transpose.
_WORDS = {"cos": "ㄴ", "exp": "", "sharp": "", "tan": "", "top": ""}
_ENDINGS = [
    (r"l|le", "ㄹ"),
    (r"m|me", "ㅁ"),
    (r"n|ne", "ㄴ"),
    (r"ng", "ㅇ"),
    (r"[aeiou]c|[aeiou]ck", "ㄱ"),
    (r"[aeiou]p", "ㅂ"),
    (r"[aeiou]t", "ㅅ"),
]

_SILENT = re.compile(
    r"""(?: [\s$`'"‘’“”()\[\]{}<>⟨⟩〈〉《》「」|‖.…,:;!?*_~^&]
          | \\[,;:!\ |{}()\[\]]
          | \\(?:right|left|[bB]igg?[lr]?|quad|qquad|limits|rangle|rvert|rVert)(?![A-Za-z])
        )+ \Z""",
    re.VERBOSE,
)
_GLOSS = re.compile(r"(?<=[가-힣])\([^()]*\)\Z")
_LAST = re.compile(r"\\[A-Za-z]+\Z|[A-Za-z]+\Z|.\Z", re.DOTALL)
_SET_AS_TEXT = re.compile(
    r"\\(?:text\w*|mathrm|mathsf|mathtt|mathit|operatorname\*?|mbox)\s*\{\s*\Z"
)


def fill(template: str, fields: Mapping[str, object]) -> str:
    """`template.format_map(fields)`, with each `[을/를]` settled by what stands before it.

    >>> fill("{name}[을/를] 구한다", {"name": "$W^{(1)}$"})
    '$W^{(1)}$을 구한다'
    >>> fill("{name}[으로/로] 미분한다", {"name": "`w2`"})
    '`w2`로 미분한다'
    """
    formatter = Formatter()
    text = ""
    for literal, field, spec, conversion in formatter.parse(template):
        text = _with_particles(text, literal)
        if field is not None:
            value, _ = formatter.get_field(field, (), fields)
            value = formatter.convert_field(value, conversion)  # type: ignore[arg-type]
            text += formatter.format_field(value, formatter.vformat(spec or "", (), fields))
    return text


def particle(word: str, pair: str) -> str:
    """The form of a particle that follows `word`; `pair` holds both, in either order.

    >>> particle("값", "을/를"), particle("비", "을/를"), particle("말", "으로/로")
    ('을', '를', '로')
    """
    first, second = pair.split("/")
    for after_consonant, after_vowel in ((first, second), (second, first)):
        if _PAIRS.get(after_consonant) == after_vowel or after_consonant == "이" + after_vowel:
            return after_consonant if final(word) else after_vowel
        if after_consonant == "으" + after_vowel:
            return after_consonant if final(word) not in ("", "ㄹ") else after_vowel
    raise ValueError(f"[{pair}] is no pair of particles")


def final(word: str) -> str:
    """The consonant that `word`, read aloud, ends in; empty after a vowel.

    >>> final("행렬"), final("x"), final("m"), final("W^{(1)}"), final(r"\\hat{\\varepsilon}")
    ('ㄹ', '', 'ㅁ', 'ㄹ', 'ㄴ')
    """
    mathematics = re.search(r"[\\$]\S*\Z", word.rstrip()) is not None
    if mathematics and re.search(r"'[\s$}]*\Z", word):
        return _NAMES["′"]
    word = _SILENT.sub("", _GLOSS.sub("", word.rstrip()))
    while word and unicodedata.combining(word[-1]):
        word = word[:-1]
    match = _LAST.search(word)
    if match is None:
        return ""
    last = match.group()
    if last.isascii() and last.isalpha() and len(last) > 1:
        spelled = mathematics and not _SET_AS_TEXT.search(word[: match.start()])
        return _of_character(last[-1]) if spelled or last.isupper() else _of_word(last.lower())
    if last.startswith("\\"):
        return _of_word(last[1:].lower())
    return _of_character(last)


def _with_particles(text: str, literal: str) -> str:
    """`text + literal`, where each pair in the literal looks back at all that stands before it."""
    start = 0
    for match in _PARTICLE.finditer(literal):
        text += literal[start : match.start()]
        text += particle(text, f"{match[1]}/{match[2]}")
        start = match.end()
    return text + literal[start:]


def _of_character(character: str) -> str:
    if "가" <= character <= "힣":
        return _FINALS[(ord(character) - ord("가")) % 28].strip()
    # Ŷ is Y with a hat, ² is 2, 𝐖 is W.
    base = unicodedata.normalize("NFKD", character)[0].lower()
    return _DIGITS.get(base) or _NAMES.get(base, "")


def _of_word(word: str) -> str:
    if word in _WORDS:
        return _WORDS[word]
    return next((sound for end, sound in _ENDINGS if re.search(f"(?:{end})$", word)), "")
