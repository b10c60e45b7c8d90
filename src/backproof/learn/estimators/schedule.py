"""The step size over the epochs, and when to stop: scikit-learn's rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["constant", "invscaling", "adaptive"]


@dataclass(slots=True)
class Schedule:
    """The step size `rate` as training goes on.

    `constant` keeps the first one, `invscaling` divides it by the number of samples seen to the
    power of `power`, `adaptive` by 5 each time the loss has stopped falling.
    """

    kind: Kind
    initial: float
    power: float
    rate: float

    def epoch_ends(self, seen: int) -> None:
        """`seen` is the number of samples trained on, those of all epochs together."""
        if self.kind == "invscaling":
            self.rate = self.initial / (seen + 1) ** self.power

    def gives_up(self, message: str, verbose: bool) -> bool:
        """Whether training ends where nothing gets better; otherwise it goes on in smaller
        steps."""
        if self.kind != "adaptive":
            said = f"{message} Stopping."
        elif self.rate <= 1e-6:
            said = f"{message} Learning rate too small. Stopping."
        else:
            self.rate /= 5.0
            said = f"{message} Setting learning rate to {self.rate:f}"
        if verbose:
            print(said)
        return said.endswith("Stopping.")
