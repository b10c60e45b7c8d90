"""Programs as PyTorch: functions of tensors, and the loss as an autograd.Function."""

from __future__ import annotations

from ..expr.node import Expr
from ..expr.shape import SCALAR
from .array_forms import common, reduced
from .arrays import ATOM, Box, Dialect, Form, Lines, joined
from .module import Layout, arguments, module
from .numpy import NUMPY
from .program import Program


def _larger(lines: Lines, e: Expr, args: list[Box]) -> Box:
    """torch.maximum takes tensors only; a number is a bound for clamp."""
    one, other = args if not args[0].number else args[::-1]
    bound = "min" if e.op == "max" else "max"
    name = "maximum" if e.op == "max" else "minimum"
    text = (
        f"torch.clamp({one.text}, {bound}={other.text})"
        if other.number
        else f"torch.{name}({one.text}, {other.text})"
    )
    return Box(text, ATOM, joined([a.shape for a in args]))


def _largest(lines: Lines, e: Expr, args: list[Box]) -> Box:
    return reduced(lines, e, "amax", args[0].text)


_FORMS: dict[str, Form] = {
    **common("torch"),
    "relu": "torch.relu({0})",
    "max": _larger,
    "min": _larger,
    "amax": _largest,
    "erf": "torch.erf({0})",
}

_LOG1MEXP = '''
def log1mexp(z):
    """log(1 - exp(z)) for z < 0; Maechler (2012)."""
    near = torch.clamp(z, min=-0.7, max=-1e-300)
    far = torch.log1p(-torch.exp(z))
    return torch.where(z > -0.6931471805599453, torch.log(-torch.expm1(near)), far)
'''
_SIGMOID = '''
def sigmoid(z):
    """1 / (1 + exp(-z)). For z below -88, torch.sigmoid loses digits in float32."""
    power = torch.exp(-torch.abs(z))
    return torch.where(z >= 0, 1, power) / (1 + power)
'''
_SOFTPLUS = '''
def softplus(z):
    """log(1 + exp(z)), without overflow for any z and without a threshold."""
    return torch.relu(z) + torch.log1p(torch.exp(-torch.abs(z)))
'''


def _turned(text: str) -> str:
    """A helper of the NumPy module in PyTorch's words."""
    for old, new in (
        ("np.max(", "torch.amax("),
        ("np.", "torch."),
        ("axis=axis", "dim=dim"),
        ("(z, axis)", "(z, dim)"),
        ("keepdims", "keepdim"),
        (".astype(others.dtype)", ".to(others.dtype)"),
    ):
        text = text.replace(old, new)
    return text


_ROWS = ("softmax", "log_softmax", "logsumexp")
TORCH = Dialect(
    "torch",
    _FORMS,
    {
        "sigmoid": _SIGMOID,
        "softplus": _SOFTPLUS,
        "log1mexp": _LOG1MEXP,
        **{op: _turned(NUMPY.helpers[op]) for op in _ROWS},
    },
    axis="dim",
    keep="keepdim",
    cast="to",
    make="as_tensor",
    copy=".clone()",
)


def source(program: Program) -> str:
    """The text of a PyTorch module: `loss_and_gradients`, `Loss` and `loss`."""
    leaves = [*program.parameters.values(), *program.data.values()]
    matrices = [program.names[e] for e in leaves if e.shape != SCALAR]
    kind = f", dtype={matrices[0]}.dtype, device={matrices[0]}.device" if matrices else ""
    numbers = [program.names[e] for e in leaves if e.shape == SCALAR]
    first = tuple(f"{n} = torch.as_tensor({n}{kind})" for n in numbers)
    return module(program, TORCH, Layout("import torch", first=first, after=_function(program)))


def _function(program: Program) -> str:
    given = [program.names[e] for e in program.parameters.values()]
    data = arguments(program)
    pairs = "".join(
        f'        "{plain}": {program.names[e]},\n' for plain, e in program.parameters.items()
    )
    taken = "".join(f'        parameters["{plain}"],\n' for plain in program.parameters)
    passed = "".join(f"        {name},\n" for name in data)
    every = "".join(f"        {name},\n" for name in [*given, *data])
    inner = pairs.replace("        ", "            ")
    results = "".join(f'            gradients["{plain}"],\n' for plain in program.parameters)
    called = "".join(f"            {name},\n" for name in data)
    nothing = ", ".join("None" for _ in data)
    return f'''

class Loss(torch.autograd.Function):
    """The loss as one operation; its backward pass is the derived one."""

    @staticmethod
    def forward(
        context,
{every}    ):
        parameters = {{
{inner}        }}
        loss, gradients = loss_and_gradients(
            parameters,
{called}        )
        context.save_for_backward(
{results}        )
        return loss

    @staticmethod
    def backward(context, above):
        gradients = [above * gradient for gradient in context.saved_tensors]
        return *gradients, {nothing}


def loss({", ".join(["parameters", *data])}):
    """The loss; `backward()` runs the derived backward pass."""
    return Loss.apply(
{taken}{passed}    )
'''
