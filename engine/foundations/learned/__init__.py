"""Learn a filter: a kernel that starts as noise and is trained until it answers to a photo as a target kernel does.

spec.py      TrainSpec: how is trained; where the kernel begins, which crops an update sees
targets.py   the kernels that are to be found
pictures.py  a photo as the input of the exercise, and patterns that teach well or badly
exercise.py  input, target kernel and its response: what is to be learned
by_hand.py   loss, gradient and optimisers derived by hand (numpy)
bowl.py      the loss as a quadratic function: curvatures, least squares, the largest stable rate
train.py     the training itself (torch)
check.py     the same run once more, by hand
snippet.py   the training as a PyTorch script
"""

from __future__ import annotations

from engine.foundations.learned.bowl import Bowl
from engine.foundations.learned.exercise import Exercise, make_exercise, respond
from engine.foundations.learned.spec import TrainSpec
from engine.foundations.learned.targets import target_kernel

__all__ = ["Bowl", "Exercise", "TrainSpec", "make_exercise", "respond", "target_kernel"]
