"""A torch training loop with a trace of its sharpness."""

import torch

from certimin.tracing import Trace


def main(path=None, steps=200, every=20):
    torch.manual_seed(0)
    x = torch.randn(128, 8, dtype=torch.float64)
    y = torch.sin(x[:, :1])
    model = torch.nn.Sequential(
        torch.nn.Linear(8, 16, dtype=torch.float64),
        torch.nn.GELU(),
        torch.nn.Linear(16, 1, dtype=torch.float64),
    )
    loss = torch.nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    trace = Trace.torch(
        model,
        loss,
        (x, y),
        path=path,
        every=every,
        step_size=lambda: optimizer.param_groups[0]["lr"],
        share=1,
    )
    for step in range(steps):
        optimizer.zero_grad()
        value = loss(model(x), y)
        trace(step, loss=value)
        value.backward()
        optimizer.step()
    return trace


if __name__ == "__main__":
    print(*main().rows, sep="\n")
