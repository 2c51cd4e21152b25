"""Muon: momentum, orthogonalised, for weight matrices and convolution filters; AdamW for everything else.

Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"; the scale 0.2 sqrt(max(m, n)), which lets
it share AdamW's learning rate, is from Liu et al. 2025, arXiv:2502.16982, section 2.2. torch.optim.Muon takes matrices
only and always works in bfloat16, which processors without bfloat16 units emulate (measured: 400 times slower than
float32); here the caller names the type.
"""

import torch

# Quintic whose iterates push every singular value towards 1; coefficients of Jordan et al.
A, B, C = 3.4445, -4.7750, 2.0315


def orthogonalise(matrix: torch.Tensor, dtype: torch.dtype = torch.float32, iterations: int = 5) -> torch.Tensor:
    """Nearly U V^T of the singular value decomposition of `matrix` [m, n]: same shape, singular values in 0.7 ... 1.2.
    The products are taken in `dtype`."""
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    x = (wide / (wide.norm() + 1e-7)).to(dtype)
    for _ in range(iterations):
        gram = x @ x.T
        x = A * x + (B * gram + C * gram @ gram) @ x
    return (x if matrix.shape[0] <= matrix.shape[1] else x.T).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, then `orthogonalise`, for parameters of two or more dimensions (flattened to [out, rest])."""

    def __init__(self, parameters, lr: float, dtype: torch.dtype, momentum: float = 0.95, weight_decay: float = 0.01):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        self.dtype = dtype

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                buffer = self.state[parameter].setdefault("momentum", torch.zeros_like(parameter))
                buffer.lerp_(parameter.grad, 1 - group["momentum"])
                direction = parameter.grad.lerp(buffer, group["momentum"]).flatten(1)
                update = orthogonalise(direction, self.dtype) * (0.2 * max(direction.shape) ** 0.5)
                parameter.mul_(1 - group["lr"] * group["weight_decay"])
                parameter.add_(update.view_as(parameter), alpha=-group["lr"])


def is_hidden_matrix(name: str, parameter: torch.Tensor) -> bool:
    """Matrices between hidden layers. Embeddings and the first and last layers do better under AdamW."""
    outer = ("embedding", "conv_in", "conv_out", "projection", "head")
    return parameter.ndim >= 2 and min(parameter.flatten(1).shape) > 1 and not any(word in name for word in outer)


def optimisers(model: torch.nn.Module, lr: float, dtype: torch.dtype = torch.float32) -> list[torch.optim.Optimizer]:
    """[Muon, AdamW] over disjoint parameters of `model`; Muon multiplies its matrices in `dtype`."""
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    hidden = [p for name, p in named if is_hidden_matrix(name, p)]
    rest = [p for name, p in named if not is_hidden_matrix(name, p)]
    return [Muon(hidden, lr, dtype), torch.optim.AdamW(rest, lr, betas=(0.9, 0.98), weight_decay=0.0)]
