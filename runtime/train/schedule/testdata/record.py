"""Records the learning rates of torch.optim.lr_scheduler for the test: python record.py > rates.json"""
import json

import torch
from torch.optim import SGD
from torch.optim import lr_scheduler as L

BASE = 0.1
LOSSES = [2.0, 1.5, 1.49995, 1.6, 1.5, 1.2, 1.3, 1.21, 1.2, 1.19995, 1.19, 1.2, 1.2, 1.2, 1.2, 1.2, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1]


def optimizer():
    return SGD([torch.nn.Parameter(torch.zeros(1))], lr=BASE)


def rates(make, steps):
    o = optimizer()
    s = make(o)
    out = []
    for i in range(steps):
        out.append(o.param_groups[0]["lr"])
        o.step()
        if i + 1 < steps:
            s.step()
    return out


def plateau(**kwargs):
    o = optimizer()
    s = L.ReduceLROnPlateau(o, **kwargs)
    out = []
    for loss in LOSSES:
        s.step(loss)
        out.append(o.param_groups[0]["lr"])
    return out


def warm(o, steps, factor, then):
    return L.SequentialLR(o, [L.LinearLR(o, start_factor=factor, total_iters=steps), then], milestones=[steps])


print(json.dumps({
    "torch": torch.__version__,
    "losses": LOSSES,
    "step": rates(lambda o: L.StepLR(o, 7, gamma=0.3), 40),
    "exponential": rates(lambda o: L.ExponentialLR(o, 0.9), 40),
    "cosine": rates(lambda o: L.CosineAnnealingLR(o, 40, eta_min=0.001), 41),
    "one_cycle": rates(lambda o: L.OneCycleLR(o, 0.4, total_steps=40), 40),
    "one_cycle_early": rates(lambda o: L.OneCycleLR(o, 0.4, total_steps=37, pct_start=0.25, div_factor=10, final_div_factor=100), 37),
    "warmup_cosine": rates(lambda o: warm(o, 8, 0.01, L.CosineAnnealingLR(o, 32)), 41),
    "warmup_step": rates(lambda o: warm(o, 5, 1 / 3, L.StepLR(o, 10)), 40),
    "plateau": plateau(patience=2),
    "plateau_cooldown": plateau(patience=1, factor=0.5, cooldown=2, threshold=0.01, min_lr=0.02),
}, indent=1))
