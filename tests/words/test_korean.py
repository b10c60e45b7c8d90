"""Particles follow the sound that a Korean reader hears before them."""

import pytest

from backproof.words.korean import fill, final, particle


@pytest.mark.parametrize(
    ("word", "consonant"),
    [
        # Hangul
        ("값", "ㅄ"),
        ("말", "ㄹ"),
        ("비", ""),
        ("출력층", "ㅇ"),
        ("**행렬**", "ㄹ"),
        ("행렬(matrix)", "ㄹ"),
        ("기울기(gradient)", ""),
        ("f(n)", "ㄴ"),
        # digits: 영 일 이 삼 사 오 육 칠 팔 구
        *zip("0123456789", ["ㅇ", "ㄹ", "", "ㅁ", "", "", "ㄱ", "ㄹ", "ㄹ", ""], strict=True),
        ("w1", "ㄹ"),
        ("0.5", ""),
        ("x²", ""),
        # a letter has a name: 엘 엠 엔 알
        ("x", ""),
        ("W", ""),
        ("L", "ㄹ"),
        ("m", "ㅁ"),
        ("n", "ㄴ"),
        ("R", "ㄹ"),
        ("MSE", ""),
        ("XOR", "ㄹ"),
        # words are borrowed
        ("layer", ""),
        ("model", "ㄹ"),
        ("example", "ㄹ"),
        ("softmax", ""),
        ("sigmoid", ""),
        ("log", ""),
        ("tanh", ""),
        ("exp", ""),
        ("logistic", "ㄱ"),
        ("step", "ㅂ"),
        ("input", "ㅅ"),
        ("weight", ""),
        ("sum", "ㅁ"),
        ("function", "ㄴ"),
        ("training", "ㅇ"),
        ("ReLU", ""),
        # Greek
        ("δ", ""),
        ("ε", "ㄴ"),
        ("ϵ", "ㄴ"),
        ("θ̂", ""),
        ("m̂", "ㅁ"),
        ("ŷ", ""),
        ("sigma", ""),
        # LaTeX
        (r"$x$", ""),
        (r"$m$", "ㅁ"),
        (r"$W^{(1)}$", "ㄹ"),
        (r"$W^{[2]}$", ""),
        (r"$\hat{y}$", ""),
        (r"$\mathcal{L}$", "ㄹ"),
        (r"$\mathbb{R}$", "ㄹ"),
        (r"\varepsilon", "ㄴ"),
        (r"$\delta^{(\ell)}$", "ㄹ"),
        (r"$\text{model}$", "ㄹ"),
        (r"$\operatorname{softmax}\,$", ""),
        (r"$w_{ij}$", ""),
        (r"$w_{lr}$", "ㄹ"),
        (r"$\left(a - y\right)$", ""),
        (r"$\sigma'$", "ㅁ"),
        (r"$f'(n)$", "ㄴ"),
        (r"$W^\top$", ""),
        # code and quotes
        ("`W1`", "ㄹ"),
        ("'n'", "ㄴ"),
        ("“b”", ""),
        # nothing to read
        ("", ""),
        ("()", ""),
    ],
)
def test_the_last_sound(word: str, consonant: str) -> None:
    assert final(word) == consonant


@pytest.mark.parametrize(
    ("pair", "after_value", "after_ratio", "after_horse"),
    [
        ("을/를", "을", "를", "을"),
        ("은/는", "은", "는", "은"),
        ("이/가", "이", "가", "이"),
        ("와/과", "과", "와", "과"),
        ("과/와", "과", "와", "과"),
        ("으로/로", "으로", "로", "로"),
        ("으로써/로써", "으로써", "로써", "로써"),
        ("이며/며", "이며", "며", "이며"),
        ("이라고/라고", "이라고", "라고", "이라고"),
    ],
)
def test_a_pair_gives_the_form_for_the_sound(
    pair: str, after_value: str, after_ratio: str, after_horse: str
) -> None:
    assert particle("값", pair) == after_value
    assert particle("비", pair) == after_ratio
    assert particle("말", pair) == after_horse


def test_a_pair_that_is_none_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(ValueError, match="을/이"):
        particle("값", "을/이")


def test_a_particle_looks_at_what_was_filled_in() -> None:
    sentence = "{a}[와/과] {b}[을/를] 곱한다"
    assert fill(sentence, {"a": "$x$", "b": "$m$"}) == "$x$와 $m$을 곱한다"
    assert fill(sentence, {"a": "$m$", "b": "$x$"}) == "$m$과 $x$를 곱한다"


def test_a_gloss_behind_a_korean_word_is_not_read() -> None:
    assert fill("기울기({name})[을/를]", {"name": "m"}) == "기울기(m)를"
    assert fill("{name}[을/를]", {"name": "L(m)"}) == "L(m)을"


def test_only_the_last_word_decides_how_it_is_read() -> None:
    assert (
        fill("{a}[와/과] {b}[을/를]", {"a": r"$\hat{y}$", "b": "input"}) == r"$\hat{y}$와 input을"
    )


def test_what_is_filled_in_stays_as_it_is() -> None:
    assert fill("{x}[은/는] {{}}", {"x": "[을/를] {y}"}) == "[을/를] {y}는 {}"


def test_format_specifications_work_as_in_any_format_string() -> None:
    fields = {"value": 0.123, "digits": 1}
    assert fill("{value:.{digits}f}[이/가] {value!r}", fields) == "0.1이 0.123"
