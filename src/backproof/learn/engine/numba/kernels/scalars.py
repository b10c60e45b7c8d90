# pyright: basic
"""exp and its kin as polynomials that LLVM vectorises; errors below 2 units in the last
place (softplus: 3).

Cody and Waite, Software Manual for the Elementary Functions (1980), for the reduction; the
coefficients interpolate at Chebyshev points, where they are not Moshier's (Cephes, 1989).
"""

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

SINGLE = {
    "log2e": 1.4426950408889634,
    "ln2": (0.693359375, -0.00021219444005469058),
    "magic": 12582912.0,  # 1.5 * 2**23: adding it leaves the rounded number in the low bits
    "mantissa": 23,
    "bias": 127,
    "bits": 32,
    "bounded": (-87.33, 88.37),
    "whole": (-104.0, 89.0),
    "exp": (
        0.5,
        0.16666576989698776,
        0.041666554617204574,
        0.0083631790527225774,
        0.0013926183587713495,
    ),
    "log1p": (0.6666664033669924, 0.40007560644911206, 0.28236619805310481, 0.26851498022837152),
    "tanh": (
        (
            -0.33333328944134255,
            0.13332769736976328,
            -0.053850909578513581,
            0.020997178999074751,
            -0.0060967141659081976,
        ),
        (1.0,),
    ),
}
DOUBLE = {
    "log2e": 1.4426950408889634,
    "ln2": (0.69314718036912381649, 1.9082149292705878161e-10),
    "magic": 6755399441055744.0,  # 1.5 * 2**52
    "mantissa": 52,
    "bias": 1023,
    "bits": 64,
    "bounded": (-708.39, 709.4),
    "whole": (-746.0, 710.0),
    "exp": (
        0.5,
        0.16666666666666667,
        0.041666666666624128,
        0.0083333333333300618,
        0.0013888888917213717,
        0.00019841269863053617,
        2.4801521295954375e-05,
        2.7557268459997065e-06,
        2.7620088445409748e-07,
        2.5100385495510319e-08,
    ),
    "log1p": (
        0.66666666666666659,
        0.40000000000014583,
        0.28571428567108757,
        0.22222222717427863,
        0.18181789436132858,
        0.15385570064958623,
        0.13314144209654936,
        0.12001072809590713,
        0.088007384861446739,
        0.16164045611943532,
    ),
    "tanh": (
        (-1614.68768441708447952, -99.2877231001918586564, -0.964399179425052238628),
        (4844.06305325125486048, 2235.48839060100448583, 112.811678491632931402, 1.0),
    ),
}


class _Terms:
    """Spells arithmetic on one kind of float as LLVM instructions."""

    def __init__(self, builder, x):
        self.b = builder
        self.type = x.type
        self.table = SINGLE if isinstance(x.type, ir.FloatType) else DOUBLE
        self.int = ir.IntType(self.table["bits"])

    def c(self, value):
        return ir.Constant(self.type, value)

    def add(self, x, y):
        return self.b.fadd(x, y)

    def sub(self, x, y):
        return self.b.fsub(x, y)

    def mul(self, x, y):
        return self.b.fmul(x, y)

    def div(self, x, y):
        return self.b.fdiv(x, y)

    def call(self, name, *args):
        suffix = "f32" if self.table is SINGLE else "f64"
        kind = ir.FunctionType(self.type, [self.type] * len(args))
        function = self.b.module.declare_intrinsic(f"llvm.{name}.{suffix}", fnty=kind)
        return self.b.call(function, args)

    def fma(self, x, y, z):
        return self.call("fmuladd", x, y, z)

    def polynomial(self, x, coefficients):
        value = self.c(coefficients[-1])
        for coefficient in coefficients[-2::-1]:
            value = self.fma(value, x, self.c(coefficient))
        return value

    def clamp(self, x, bounds):
        """NaN passes: a comparison with it is false."""
        low, high = (self.c(bound) for bound in bounds)
        x = self.b.select(self.b.fcmp_ordered("<", x, low), low, x)
        return self.b.select(self.b.fcmp_ordered(">", x, high), high, x)

    def power_of_two(self, n):
        n = self.b.add(n, self.int(self.table["bias"]))
        return self.b.bitcast(self.b.shl(n, self.int(self.table["mantissa"])), self.type)

    def reduced(self, x):
        """exp(r) and the bits of n + magic, where x = n ln 2 + r."""
        table = self.table
        magic = self.c(table["magic"])
        shifted = self.fma(x, self.c(table["log2e"]), magic)
        n = self.sub(shifted, magic)
        for part in table["ln2"]:
            x = self.fma(n, self.c(-part), x)
        square = self.mul(x, x)
        power = self.fma(square, self.polynomial(x, table["exp"]), x)
        return self.add(power, self.c(1.0)), self.b.bitcast(shifted, self.int)

    def bounded_exp(self, x):
        """exp where overflow becomes the largest power and underflow the smallest."""
        power, n = self.reduced(self.clamp(x, self.table["bounded"]))
        return self.mul(power, self.power_of_two(n))

    def exp(self, x):
        """In two steps, so that it overflows to infinity and underflows gradually."""
        power, n = self.reduced(self.clamp(x, self.table["whole"]))
        n = self.b.sub(n, self.b.bitcast(self.c(self.table["magic"]), self.int))
        half = self.b.ashr(n, self.int(1))
        power = self.mul(power, self.power_of_two(half))
        return self.mul(power, self.power_of_two(self.b.sub(n, half)))

    def sigmoid(self, x):
        one = self.c(1.0)
        return self.div(one, self.add(one, self.bounded_exp(self.b.fneg(x))))

    def log1p_of_exp(self, x):
        """log(1 + exp(x)) = x⁺ + 2 artanh(u / (2 + u)) with u = exp(-|x|)."""
        u = self.bounded_exp(self.b.fneg(self.call("fabs", x)))
        s = self.div(u, self.add(u, self.c(2.0)))
        w = self.mul(s, s)
        tail = self.fma(self.mul(w, s), self.polynomial(w, self.table["log1p"]), self.add(s, s))
        zero = self.c(0.0)
        return self.add(self.b.select(self.b.fcmp_ordered("<", x, zero), zero, x), tail)

    def tanh(self, x):
        size = self.call("fabs", x)
        w = self.mul(x, x)
        above, below = self.table["tanh"]
        ratio = self.polynomial(w, above)
        if len(below) > 1:
            ratio = self.div(ratio, self.polynomial(w, below))
        near = self.fma(self.mul(x, w), ratio, x)
        one, two = self.c(1.0), self.c(2.0)
        far = self.sub(one, self.div(two, self.add(one, self.bounded_exp(self.mul(two, size)))))
        far = self.call("copysign", far, x)
        return self.b.select(self.b.fcmp_ordered(">", size, self.c(0.625)), far, near)


def _scalar(method):
    def typed(typingctx, x):
        if not isinstance(x, types.Float):
            return None

        def codegen(context, builder, signature, args):
            terms = _Terms(builder, args[0])
            return getattr(terms, method)(args[0])

        return x(x), codegen

    typed.__name__ = method
    return intrinsic(typed)


exp = _scalar("exp")
bounded_exp = _scalar("bounded_exp")
sigmoid = _scalar("sigmoid")
tanh = _scalar("tanh")
softplus = _scalar("log1p_of_exp")
