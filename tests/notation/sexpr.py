"""A tree as one short line, for tables in tests."""

from backproof.notation import syntax as s


def sexpr(tree: s.Tree | None) -> str:
    match tree:
        case None:
            return "_"
        case s.Number(text=text):
            return text
        case s.Symbol(base=base, marks=marks):
            return ".".join((base, *marks))
        case s.Script(base=base, subs=subs, sups=sups):
            low = "".join(f"_{sexpr(t)}" for t in subs)
            return f"{sexpr(base)}{low}{''.join(map(_sup, sups))}"
        case s.Sum(terms=terms, signs=signs):
            return (
                "("
                + " ".join(f"{sign}{sexpr(t)}" for sign, t in zip(signs, terms, strict=True))
                + ")"
            )
        case s.Product(factors=factors, operators=operators):
            out = sexpr(factors[0])
            for op, factor in zip(operators, factors[1:], strict=True):
                out += f" {op} {sexpr(factor)}" if op else f" {sexpr(factor)}"
            return f"[{out}]"
        case s.Fraction(numerator=a, denominator=b):
            return f"(frac {sexpr(a)} {sexpr(b)})"
        case s.Root(body=body, degree=degree):
            return f"(root {sexpr(body)}{'' if degree is None else ' ' + sexpr(degree)})"
        case s.Big(kind=kind, below=below, above=above, body=body):
            return f"({kind} {sexpr(below)} {sexpr(above)} {sexpr(body)})"
        case s.Fenced(kind=kind, items=items, separator=sep):
            return f"({kind} {(' ' + sep + ' ').join(map(sexpr, items))})"
        case s.Matrix(rows=rows):
            return "(matrix " + " / ".join(" & ".join(map(sexpr, row)) for row in rows) + ")"
        case s.Cases(rows=rows):
            return "(cases " + " / ".join(f"{sexpr(a)} if {sexpr(b)}" for a, b in rows) + ")"
        case s.Derivative(of=of, by=by, written=written, order=order):
            power = "" if order == 1 else str(order)
            return f"({written}{power} {sexpr(of)} by {' '.join(map(sexpr, by))})"
        case s.Text(text=text):
            return f'"{text}"'
        case s.Ellipsis_():
            return "..."
        case s.Unknown():
            return "?"
        case s.Relation(sides=sides, operators=operators):
            out = sexpr(sides[0])
            for op, side in zip(operators, sides[1:], strict=True):
                out += f" {op} {sexpr(side)}"
            return out
    raise AssertionError(tree)


def _sup(sup: s.Sup) -> str:
    match sup.kind:
        case "transpose":
            return "^T"
        case "prime":
            return "'"
        case "star":
            return "^*"
        case "paren":
            return f"^({sexpr(sup.tree)})"
        case "square":
            return f"^[{sexpr(sup.tree)}]"
        case _:
            return f"^{sexpr(sup.tree)}"
