"""The same SGD steps by other means. Each factory takes a Problem and gives a function: steps → None, which takes them.

Every one starts from the same parameters and sees the same batches; what it learns is checked against ours by `check`.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Steps = Callable[[int], object]


@dataclass(frozen=True, eq=False)
class Problem:
    """B points a step out of n, H units. indices: the batches of many steps, shape (steps, B), or None for the full batch."""

    x: np.ndarray
    y: np.ndarray
    parameters: np.ndarray
    indices: np.ndarray | None
    rate: float

    @property
    def batch_size(self) -> int:
        return len(self.x) if self.indices is None else self.indices.shape[1]

    @property
    def width(self) -> int:
        return (len(self.parameters) - 1) // 3


def make_problem(batch_size: int, width: int, steps: int, seed: int = 0) -> Problem:
    """A problem like the notebook's: batches of 40 of 200 points, or the full batch for larger ones."""
    generator = np.random.default_rng(seed)
    n = 200 if batch_size < 200 else batch_size
    x = np.sort(generator.random(n))
    y = np.sin(20 * x) + 0.1 * generator.normal(size=n)
    slope, elbow = generator.uniform(-1, 1, width), np.sort(generator.random(width))
    output = generator.uniform(-1, 1, width + 1) / np.sqrt(width)
    parameters = np.concatenate([slope, -elbow * slope, output])
    indices = None if batch_size == n else generator.integers(0, n, size=(steps, batch_size))
    return Problem(x, y, parameters, indices, min(0.02, 0.5 / width))


def notebook_loop(problem: Problem) -> Steps:
    """The course notebook's way: torch.nn modules, an optimizer, a fresh batch drawn every step, float32."""
    import torch

    torch.set_num_threads(1)
    H, n, B = problem.width, len(problem.x), problem.batch_size
    model = torch.nn.Sequential(torch.nn.Linear(1, H), torch.nn.ReLU(), torch.nn.Linear(H, 1))
    x = torch.tensor(problem.x[:, None], dtype=torch.float32)
    y = torch.tensor(problem.y[:, None], dtype=torch.float32)
    optimizer, loss_function = torch.optim.SGD(model.parameters(), lr=problem.rate), torch.nn.MSELoss()

    def steps(count: int) -> None:
        for _ in range(count):
            chosen = torch.from_numpy(np.random.choice(n, B)) if n > B else slice(None)
            optimizer.zero_grad()
            loss = loss_function(model(x[chosen]), y[chosen])
            loss.backward()
            optimizer.step()

    return steps


def torch_preallocated(problem: Problem) -> Steps:
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

    def steps(count: int) -> None:
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

    steps.parameters = theta  # type: ignore[attr-defined]
    return steps


def jax_scan(problem: Problem, precision: str) -> Steps:
    """jax.jit of lax.scan over the steps, gradients by jax.grad; float64 or float32."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    H = problem.width
    x_all, y_all = jnp.asarray(problem.x, precision), jnp.asarray(problem.y, precision)
    rate = jnp.asarray(problem.rate, precision)
    start = jnp.asarray(problem.parameters, precision)
    state = {"theta": start}

    def loss(theta, x, y):  # type: ignore[no-untyped-def]
        w, b, v, c = theta[:H], theta[H : 2 * H], theta[2 * H : 3 * H], theta[3 * H]
        return jnp.mean((jax.nn.relu(x[:, None] * w + b) @ v + c - y) ** 2)

    def minibatch(theta, index):  # type: ignore[no-untyped-def]
        return theta - rate * jax.grad(loss)(theta, x_all[index], y_all[index]), None

    def full(theta, _):  # type: ignore[no-untyped-def]
        return theta - rate * jax.grad(loss)(theta, x_all, y_all), None

    scan = jax.jit(lambda theta, indices: jax.lax.scan(minibatch, theta, indices)[0])
    scan_full = jax.jit(lambda theta, count: jax.lax.fori_loop(0, count, lambda _, t: full(t, None)[0], theta))
    indices = None if problem.indices is None else jnp.asarray(problem.indices)

    def steps(count: int) -> None:
        theta = scan_full(start, count) if indices is None else scan(start, indices[:count])
        state["theta"] = theta.block_until_ready()

    steps.state = state  # type: ignore[attr-defined]
    return steps


def sklearn_regressor(problem: Problem) -> Steps:
    """scikit-learn's MLPRegressor with solver sgd, by partial_fit over shuffled batches of the same size."""
    from sklearn.neural_network import MLPRegressor

    B, n = problem.batch_size, len(problem.x)
    model = MLPRegressor(
        hidden_layer_sizes=(problem.width,),
        solver="sgd",
        alpha=0.0,
        batch_size=B,
        learning_rate_init=problem.rate,
        momentum=0.0,
        nesterovs_momentum=False,
    )
    x, y = problem.x[:, None], problem.y
    model.partial_fit(x, y)
    per_pass = -(-n // B)

    def steps(count: int) -> None:
        for _ in range(max(1, count // per_pass)):
            model.partial_fit(x, y)

    return steps


def c_loop(problem: Problem) -> Steps:
    """The loop of loop.c, compiled for this machine with fast math."""
    source, folder = Path(__file__).with_name("loop.c"), tempfile.mkdtemp()
    library = Path(folder) / "loop.so"
    subprocess.run(["gcc", "-O3", "-march=native", "-ffast-math", "-shared", "-fPIC", source, "-o", library], check=True)
    function = ctypes.CDLL(str(library)).sgd
    H, B = problem.width, problem.batch_size
    theta = problem.parameters.copy()
    parts = [theta[part * H : part * H + H] for part in range(3)] + [theta[3 * H :]]
    indices = np.arange(B)[None] if problem.indices is None else np.ascontiguousarray(problem.indices, dtype=np.int64)
    scratch = np.empty(3 * B)

    def pointer(array: np.ndarray) -> ctypes.c_void_p:
        return ctypes.c_void_p(array.ctypes.data)

    def steps(count: int) -> None:
        block = (ctypes.c_int64(count if problem.indices is not None else 1), ctypes.c_int64(B), ctypes.c_int64(H))
        for _ in range(1 if problem.indices is not None else count):
            function(
                *block,
                *(pointer(array) for array in (indices, problem.x, problem.y, *parts)),
                ctypes.c_double(problem.rate),
                pointer(scratch),
            )

    steps.parameters = theta  # type: ignore[attr-defined]
    return steps


COMPETITORS: dict[str, Callable[[Problem], Steps]] = {
    "PyTorch, the notebook's loop": notebook_loop,
    "PyTorch, preallocated, float64": torch_preallocated,
    "jax lax.scan, float64": lambda problem: jax_scan(problem, "float64"),
    "jax lax.scan, float32": lambda problem: jax_scan(problem, "float32"),
    "scikit-learn MLPRegressor": sklearn_regressor,
    "C, gcc -O3 -march=native -ffast-math": c_loop,
}
