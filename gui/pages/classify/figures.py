"""The numbers of an answer as they are shown: bars with what was before, how sure the net is, what the net is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.networks import catalogue
from engine.networks.requests import Classification, WeightsStatus
from gui.widgets.facts import Fact
from gui.widgets.probability_bars import Bar, percent

WAS_FIRST = "was first"
HONEST = (
    "Whatever it is shown, this net answers with one of its {count} classes. It cannot say “none of them”, and a high "
    "probability is no proof."
)


def bars(now: Classification, before: Classification | None) -> tuple[Bar, ...]:
    """The likeliest classes; with an answer to compare with, what each was, and the former first where it fell out."""
    comparable = before is not None and before.labels == now.labels and len(before.probabilities) > 0
    earlier = before if comparable else None
    old = {guess.index for guess in earlier.guesses} if earlier is not None else set()
    rows = [
        Bar(
            guess.index,
            guess.label,
            guess.probability,
            None if earlier is None else float(earlier.probabilities[guess.index]),
            guess.logit,
            is_new=earlier is not None and guess.index not in old,
        )
        for guess in now.guesses
    ]
    if earlier is None or not now.guesses:
        return tuple(rows)
    first = earlier.guesses[0]
    if first.index not in {guess.index for guess in now.guesses}:
        logit = None if now.logits is None else float(now.logits[first.index])
        probability = float(now.probabilities[first.index])
        rows.append(Bar(first.index, first.label, probability, first.probability, logit, note=WAS_FIRST))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Sureness:
    """Entropy of an answer in bits, the most that it could be, and how many equally likely classes it amounts to."""

    bits: float
    most: float
    classes: float


def sureness(answer: Classification) -> Sureness:
    """Of a whole distribution: 0 bits where one class has everything, log2(classes) where all are alike."""
    p = answer.probabilities.astype(np.float64)
    positive = p[p > 0]
    bits = float(-(positive * np.log2(positive)).sum())
    bits = max(bits, 0.0)
    return Sureness(bits, float(np.log2(max(len(p), 1))), float(2.0**bits))


def sure_rows(answer: Classification) -> list[Fact]:
    """How sure the net is, as numbers."""
    if not answer.guesses:
        return [("answer", "none", answer.note)]
    sure, best = sureness(answer), answer.guesses[0]
    rows: list[Fact] = [
        ("likeliest", best.label, "The class with the largest logit."),
        (
            "its probability",
            percent(best.probability),
            "Softmax: e to its logit over the sum for all classes.",
        ),
    ]
    if len(answer.guesses) > 1:
        lead = (best.probability - answer.guesses[1].probability) * 100
        rows.append(("lead over the second", f"{lead:.1f} points", "Percentage points."))
    rows += [
        (
            "entropy",
            f"{sure.bits:.2f} of {sure.most:.2f} bits",
            "−Σ p·log2 p over all classes: 0 where one class has everything.",
        ),
        (
            "as unsure as between",
            f"{sure.classes:.1f} classes",
            "2 to the entropy: that many equally likely classes would be as uncertain.",
        ),
    ]
    return rows


def honest(answer: Classification) -> str:
    """The sentence that belongs under every answer."""
    return HONEST.format(count=f"{len(answer.labels):,}")


def net_rows(status: WeightsStatus | None, answer: Classification | None) -> list[Fact]:
    """What is known about the net."""
    if status is None and answer is None:
        return [("net", "not known yet", "The list of nets is being read.")]
    rows: list[Fact] = []
    architecture = (
        status.architecture if status is not None else answer.architecture if answer is not None else ""
    )
    known = {entry.name: entry for entry in catalogue.architectures()}.get(architecture)
    rows.append(
        ("architecture", known.title if known is not None else architecture, known.story if known else "")
    )
    if answer is not None:
        rows.append(("parameters", f"{answer.parameters:,}", "Weights and biases in its file."))
        rows.append(("classes", f"{len(answer.labels):,}", ", ".join(answer.labels[:12])))
    if status is not None:
        rows += [
            (name, value, tip)
            for name, value, tip in (
                (
                    "tested",
                    status.figures,
                    "What its makers state, or what was measured after training.",
                ),
                ("source", status.source, status.citation),
                ("licence", status.licence, "Of the weights."),
                ("file", _size(status.bytes), str(status.path) if status.path is not None else ""),
            )
            if value
        ]
        if status.note:
            rows.append(("note", status.note, ""))
    return rows


def answer_rows(answer: Classification) -> list[Fact]:
    """Where and how fast it was computed."""
    return [
        ("time of the net", f"{answer.seconds * 1000:.1f} ms", "One forward pass and the softmax."),
        (
            "device",
            {"cpu": "CPU", "cuda": "GPU (CUDA)", "mps": "GPU (Metal)"}.get(answer.device, answer.device),
            "",
        ),
    ]


def _size(count: int | None) -> str:
    if count is None:
        return ""
    if count < 1_000_000:
        return f"{count / 1000:,.0f} kB"
    return f"{count / 1_000_000:,.1f} MB"
