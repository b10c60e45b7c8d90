"""Laws of whole matrices: transposes, repeated values and numbers in products and sums."""

from __future__ import annotations

from .rule import FULL, OUTLINE, STANDARD, law

BOOK = "shapes"

SUMS_TO_ONE = law(BOOK, "targets sum to one", grain=OUTLINE)
SUM_OF_REPEATED = law(BOOK, "sum of a repeated value", grain=STANDARD)
REPEATED_TWICE = law(BOOK, "repeated twice", grain=FULL)
TRANSPOSED_TWICE = law(BOOK, "transposed twice", grain=FULL)
TRANSPOSE_OF_REPEATED = law(BOOK, "transpose of a repeated value", grain=FULL)
IDENTITY = law(BOOK, "identity matrix", grain=FULL)
NUMBER_OUT_OF_PRODUCT = law(BOOK, "number out of the product", grain=STANDARD)

# The road of the chain rule.
ROW_TIMES_COLUMN = law(BOOK, "row times column", grain=STANDARD)
ONE_TERM_REMAINS = law(BOOK, "one term remains", grain=OUTLINE)
WRITTEN_OUT = law(BOOK, "definition written out", grain=STANDARD)
TAKEN_APART = law(BOOK, "fraction taken apart", grain=STANDARD)
CHAIN = law(BOOK, "chain rule", grain=OUTLINE)
PASSED_ON = law(BOOK, "passed on unchanged", grain=OUTLINE)
SIGN_PASSED_ON = law(BOOK, "passed on with its sign", grain=OUTLINE)
ENTRY_BY_ENTRY = law(BOOK, "entry by entry", grain=OUTLINE)
MEAN_SET_ASIDE = law(BOOK, "mean set aside", grain=STANDARD)
MEAN_BROUGHT_BACK = law(BOOK, "mean brought back", grain=OUTLINE)
SUM_SET_ASIDE = law(BOOK, "sum set aside", grain=STANDARD)
SUM_BROUGHT_BACK = law(BOOK, "sum brought back", grain=OUTLINE)
SAME_QUANTITY = law(BOOK, "same quantity", grain=STANDARD)
SUM_OF_PATHS = law(BOOK, "sum over paths", grain=OUTLINE)
USED_TWICE = law(BOOK, "used more than once", grain=OUTLINE)
PATHS_PUT_IN = law(BOOK, "paths put in", grain=OUTLINE)
NAMED = law(BOOK, "named for reuse", grain=OUTLINE)
NOT_USED = law(BOOK, "not used", grain=OUTLINE)
LOSS_BY_ITSELF = law(BOOK, "loss by itself", grain=FULL)
