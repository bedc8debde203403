"""The same SGD steps by other means, and ours. Each factory takes a Problem and gives a Contestant.

All start from the same parameters. Those that draw their batches themselves, as people use them,
see the problem's batches when `given` is set; `check` then compares what everyone has learned after
a few steps.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from relusgd.training.descent import BatchSource, Descent, Schedule, drawn_batches
from relusgd.training.engines import advance, choose_kernel
from relusgd.training.optimizers import Optimizer, Sgd
from relusgd.training.streams import BatchOrder

Layers = Literal["all", "output"]


@dataclass(frozen=True, eq=False)
class Problem:
    """B points a step out of n, H units. indices: the batches of many steps, shape (steps, B), or
    None for the full batch.
    """

    x: np.ndarray
    y: np.ndarray
    parameters: np.ndarray
    order: BatchOrder
    indices: np.ndarray | None
    rate: float

    @property
    def batch_size(self) -> int:
        return self.order.batch_size

    @property
    def width(self) -> int:
        return (len(self.parameters) - 1) // 3


@dataclass(frozen=True, eq=False)
class Contestant:
    """take(count) takes about so many steps and gives how many; parameters() what was learned: w,
    b, v and c, shape (3 H + 1,).
    """

    take: Callable[[int], int]
    parameters: Callable[[], np.ndarray]


def make_problem(batch_size: int, width: int, steps: int, *, points: int | None = None) -> Problem:
    """A problem like the notebook's: batches out of 200 points if nothing else is said, the full
    batch of 200 points and more.
    """
    generator = np.random.default_rng(0)
    n = points or max(200, batch_size)
    full = n == batch_size
    x = np.sort(generator.random(n))
    y = np.sin(20 * x) + 0.1 * generator.normal(size=n)
    slope, elbow = generator.uniform(-1, 1, width), np.sort(generator.random(width))
    output = generator.uniform(-1, 1, width + 1) / np.sqrt(width)
    parameters = np.concatenate([slope, -elbow * slope, output])
    order = BatchOrder(0, n, batch_size, "full" if full else "replacement")
    drawn = (
        None if full else np.concatenate([batches.indices for batches in order.batches(0, steps)])
    )
    return Problem(
        x,
        y,
        parameters,
        order,
        None if drawn is None else drawn.reshape(steps, batch_size),
        min(0.02, 0.5 / width),
    )


def ours(
    problem: Problem,
    engine: Any,
    kernel: Any = None,
    optimizer: Optimizer | None = None,
    source: BatchSource = drawn_batches,
) -> Contestant:
    """Our steps by one engine, with the kernel that it chooses at this size; drawing the batches is
    part of its time, unless the source has them. optimizer: SGD if none is given.
    """
    chosen = kernel or choose_kernel(engine, problem.batch_size, problem.width, len(problem.x))
    descent = Descent(
        problem.x,
        problem.y,
        (problem.width,),
        problem.order,
        Schedule(problem.rate),
        engine=engine,
        kernel=chosen,
        optimizer=optimizer or Sgd(),
        source=source,
    )
    state = [descent.start(problem.parameters)]
    nothing = np.zeros(0, dtype=np.int64)

    def take(count: int) -> int:
        state[0], _ = advance(descent, descent.start(problem.parameters), count, nothing)
        return count

    return Contestant(take, lambda: state[0].parameters)


def notebook_loop(
    problem: Problem, *, given: bool = False, layers: Layers = "all", method: str = "SGD"
) -> Contestant:
    """The course notebook's way: torch.nn modules, an optimizer, a fresh batch drawn every step,
    float32. method: the optimizer's name in torch.optim.
    """
    import torch

    torch.set_num_threads(1)
    H, n, B = problem.width, len(problem.x), problem.batch_size
    model = torch.nn.Sequential(torch.nn.Linear(1, H), torch.nn.ReLU(), torch.nn.Linear(H, 1))
    w, b, v, c = np.split(problem.parameters, [H, 2 * H, 3 * H])
    with torch.no_grad():
        for parameter, values in zip(model.parameters(), (w[:, None], b, v[None], c), strict=True):
            parameter.copy_(torch.tensor(values))
    x = torch.tensor(problem.x[:, None], dtype=torch.float32)
    y = torch.tensor(problem.y[:, None], dtype=torch.float32)
    learning = model.parameters() if layers == "all" else model[2].parameters()
    optimizer = getattr(torch.optim, method)(learning, lr=problem.rate)
    loss_function = torch.nn.MSELoss()

    def batch(step: int) -> Any:
        if problem.indices is None:
            return slice(None)
        return torch.from_numpy(problem.indices[step] if given else np.random.choice(n, B))

    def take(count: int) -> int:
        for step in range(count):
            chosen = batch(step)
            optimizer.zero_grad()
            loss = loss_function(model(x[chosen]), y[chosen])
            loss.backward()
            optimizer.step()
        return count

    return Contestant(
        take, lambda: np.concatenate([part.detach().numpy().ravel() for part in model.parameters()])
    )


def torch_preallocated(problem: Problem, **_: bool) -> Contestant:
    """PyTorch without its autograd: the gradient by hand, float64, every tensor allocated once."""
    import torch

    torch.set_num_threads(1)
    H, B = problem.width, problem.batch_size
    theta = torch.tensor(problem.parameters)
    w, b, v, c = theta[:H], theta[H : 2 * H], theta[2 * H : 3 * H], theta[3 * H :]
    x_all, y_all = torch.tensor(problem.x), torch.tensor(problem.y)
    indices = None if problem.indices is None else torch.tensor(problem.indices)
    A, M = torch.empty(B, H, dtype=torch.float64), torch.empty(B, H, dtype=torch.float64)
    gradient = torch.empty_like(theta)
    gw, gb, gv, gc = gradient[:H], gradient[H : 2 * H], gradient[2 * H : 3 * H], gradient[3 * H :]
    r, rx, x, y = (torch.empty(B, dtype=torch.float64) for _ in range(4))
    x.copy_(x_all[:B])
    y.copy_(y_all[:B])

    def take(count: int) -> int:
        with torch.no_grad():
            for step in range(count):
                if indices is not None:
                    torch.index_select(x_all, 0, indices[step], out=x)
                    torch.index_select(y_all, 0, indices[step], out=y)
                torch.outer(x, w, out=A)
                A.add_(b)
                torch.gt(A, 0.0, out=M)
                A.mul_(M)
                torch.mv(A, v, out=r)
                r.add_(c).sub_(y).mul_(2.0 / B)
                torch.mul(r, x, out=rx)
                torch.mv(A.T, r, out=gv)
                torch.mv(M.T, rx, out=gw)
                torch.mv(M.T, r, out=gb)
                gw.mul_(v)
                gb.mul_(v)
                torch.sum(r, 0, keepdim=True, out=gc)
                theta.sub_(gradient, alpha=problem.rate)
        return count

    return Contestant(take, theta.numpy)


def jax_scan(problem: Problem, precision: str) -> Contestant:
    """jax.jit of lax.scan over the steps, gradients by jax.grad; float64 or float32."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    H = problem.width
    x_all, y_all = jnp.asarray(problem.x, precision), jnp.asarray(problem.y, precision)
    rate = jnp.asarray(problem.rate, precision)
    start = jnp.asarray(problem.parameters, precision)
    learned = [start]

    def loss(theta, x, y):  # type: ignore[no-untyped-def]
        w, b, v, c = theta[:H], theta[H : 2 * H], theta[2 * H : 3 * H], theta[3 * H]
        return jnp.mean((jax.nn.relu(x[:, None] * w + b) @ v + c - y) ** 2)

    def minibatch(theta, index):  # type: ignore[no-untyped-def]
        return theta - rate * jax.grad(loss)(theta, x_all[index], y_all[index]), None

    def full(_, theta):  # type: ignore[no-untyped-def]
        return theta - rate * jax.grad(loss)(theta, x_all, y_all)

    scan = jax.jit(lambda theta, indices: jax.lax.scan(minibatch, theta, indices)[0])
    scan_full = jax.jit(lambda theta, count: jax.lax.fori_loop(0, count, full, theta))
    indices = None if problem.indices is None else jnp.asarray(problem.indices)

    def take(count: int) -> int:
        theta = scan_full(start, count) if indices is None else scan(start, indices[:count])
        learned[0] = theta.block_until_ready()
        return count

    return Contestant(take, lambda: np.asarray(learned[0]))


def sklearn_regressor(problem: Problem, *, given: bool = False) -> Contestant:
    """scikit-learn's MLPRegressor with solver sgd, by partial_fit over shuffled batches of the same
    size.

    Its loss is half the mean squared error, so its rate is twice ours.
    """
    from sklearn.neural_network import MLPRegressor

    B, H, n = problem.batch_size, problem.width, len(problem.x)
    model = MLPRegressor(
        hidden_layer_sizes=(H,),
        solver="sgd",
        alpha=0.0,
        batch_size=B,
        learning_rate_init=2 * problem.rate,
        momentum=0.0,
        nesterovs_momentum=False,
    )
    x, y = problem.x[:, None], problem.y
    model.partial_fit(x[:B], y[:B])
    w, b, v, c = np.split(problem.parameters.copy(), [H, 2 * H, 3 * H])
    for parameter, values in zip(
        (*model.coefs_, *model.intercepts_), (w[None], v[:, None], b, c), strict=True
    ):
        parameter[:] = values
    per_pass = -(-n // B)

    def take(count: int) -> int:
        if given and problem.indices is not None:
            for chosen in problem.indices[:count]:
                model.partial_fit(x[chosen], y[chosen])
            return count
        passes = max(1, count // per_pass)
        for _ in range(passes):
            model.partial_fit(x, y)
        return passes * per_pass

    def parameters() -> np.ndarray:
        (w, v), (b, c) = model.coefs_, model.intercepts_
        return np.concatenate([w.ravel(), b, v.ravel(), c])

    return Contestant(take, parameters)


def c_loop(problem: Problem, **_: bool) -> Contestant:
    """The loop of loop.c, compiled for this machine with fast math; its batches are drawn
    beforehand.
    """
    source, folder = Path(__file__).with_name("loop.c"), tempfile.mkdtemp()
    library = Path(folder) / "loop.so"
    subprocess.run(
        ["gcc", "-O3", "-march=native", "-ffast-math", "-shared", "-fPIC", source, "-o", library],
        check=True,
    )
    function = ctypes.CDLL(str(library)).sgd
    H, B = problem.width, problem.batch_size
    theta = problem.parameters.copy()
    parts = [theta[part * H : part * H + H] for part in range(3)] + [theta[3 * H :]]
    indices = (
        np.tile(np.arange(B), (max(1, 2**20 // B), 1))
        if problem.indices is None
        else problem.indices
    )
    scratch = np.empty(3 * B)

    def pointer(array: np.ndarray) -> ctypes.c_void_p:
        return ctypes.c_void_p(array.ctypes.data)

    arrays = [pointer(array) for array in (indices, problem.x, problem.y, *parts)]

    def take(count: int) -> int:
        for start in range(0, count, len(indices)):
            steps = min(len(indices), count - start)
            function(
                ctypes.c_int64(steps),
                ctypes.c_int64(B),
                ctypes.c_int64(H),
                *arrays,
                ctypes.c_double(problem.rate),
                pointer(scratch),
            )
        return count

    return Contestant(take, lambda: theta)


Factory = Callable[..., Contestant]
PYTORCH, PREALLOCATED = "PyTorch, the notebook's loop", "PyTorch, preallocated, float64"
JAX_64, JAX_32 = "jax lax.scan, float64", "jax lax.scan, float32"
SKLEARN, C = "scikit-learn MLPRegressor", "C, gcc -O3 -march=native -ffast-math"
COMPETITORS: dict[str, Factory] = {
    PYTORCH: notebook_loop,
    PREALLOCATED: torch_preallocated,
    JAX_64: lambda problem, **_: jax_scan(problem, "float64"),
    JAX_32: lambda problem, **_: jax_scan(problem, "float32"),
    SKLEARN: sklearn_regressor,
    C: c_loop,
}
SINGLE_PRECISION = {PYTORCH, JAX_32}
OURS: dict[str, Factory] = {
    "numpy": lambda problem, **_: ours(problem, "numpy"),
    "compiled": lambda problem, **_: ours(problem, "compiled"),
}


def check(batch_size: int, width: int, steps: int = 20) -> dict[str, float]:
    """The largest difference of anybody's parameters from those of our NumPy engine after a few
    steps, by name.

    Raises AssertionError when one is beyond what the rounding of its precision explains.
    """
    problem, found, differences = make_problem(batch_size, width, steps), {}, {}
    for name, factory in {**OURS, **COMPETITORS}.items():
        contestant = factory(problem, given=True)
        assert contestant.take(steps) == steps
        found[name] = contestant.parameters().copy()
    moved = float(np.abs(found["numpy"] - problem.parameters).max())
    for name, parameters in found.items():
        differences[name] = float(np.abs(parameters - found["numpy"]).max()) / moved
        assert differences[name] < (1e-3 if name in SINGLE_PRECISION else 1e-10), (
            f"{name} learns something else: {differences[name]:.1e}"
        )
    return differences
