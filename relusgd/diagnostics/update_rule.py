"""How a step makes new parameters of old ones, as far as words and formulas need it."""

from __future__ import annotations

from dataclasses import dataclass

from relusgd.model.network import Network


@dataclass(frozen=True, eq=False)
class UpdateRule:
    """SGD with momentum and weight decay, or another method by its formula.

    title: of the method. formula: what a parameter θ becomes, where it is not SGD; treatment: what
    the method then does with the derivatives, in words. hidden_learns,
    output_learns: which layers the step changes. velocity: what momentum remembers before the
    step, parameter by parameter as a network; None is 0.
    """

    title: str = "SGD"
    formula: str | None = None
    treatment: str = "subtracts every derivative as it is"
    hidden_learns: bool = True
    output_learns: bool = True
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    decay_biases: bool = True
    velocity: Network | None = None

    @property
    def is_sgd(self) -> bool:
        """Whether the derivatives are subtracted as they are, so that points add up."""
        return self.formula is None

    @property
    def is_plain(self) -> bool:
        """Whether θ′ = θ − η ∂ℓ/∂θ."""
        return self.is_sgd and not (self.momentum or self.weight_decay)

    @property
    def bias_decay(self) -> float:
        return self.weight_decay if self.decay_biases else 0.0

    @property
    def extras(self) -> str:
        """What SGD adds to the gradient of the batch, in words; empty where it is plain."""
        names = []
        if self.momentum:
            names.append("Nesterov's momentum" if self.nesterov else "momentum")
        if self.weight_decay:
            names.append("weight decay")
        return " and ".join(names)

    def velocity_of(self, name: str, number: int) -> float:
        """What momentum remembers of a unit's slope, bias or output weight."""
        if self.velocity is None:
            return 0.0
        return float(getattr(self.velocity, name)[number])
