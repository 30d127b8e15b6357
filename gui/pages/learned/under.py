"""What the inspector says about the cell under the pointer, and which pixel of the response a cell stands for."""

from __future__ import annotations

from gui.pages.learned import scene_parts as parts
from gui.pages.learned.resolve import Place, Resolved
from gui.pages.learned.words import short
from gui.widgets.facts import Fact

Rows = list[Fact]
COVERED = "covered"
UPDATE_MAKES = (
    "Of what is wrong along it.",
    "Of what is wrong along it, in the long run: momentum swings on the way.",
)


def place_at(resolved: Resolved, key: str, row: int, column: int) -> Place | None:
    """The pixel of the response that a cell of a picture stands for; None for other grids."""
    rows, columns = resolved.error.shape
    if key in (parts.WANTED, parts.NOW, parts.ERROR):
        return row, column
    if key == parts.PHOTO:
        middle = resolved.exercise.size // 2
        return min(max(row - middle, 0), rows - 1), min(max(column - middle, 0), columns - 1)
    return None


def under_cell(resolved: Resolved, key: str, row: int, column: int) -> Rows:
    """Name, place, value and origin of a cell: rows of (name, value, tooltip)."""
    place = place_at(resolved, key, row, column)
    if place is not None:
        return _pixel(resolved, place)
    if key == parts.PATCH:
        return _window(resolved, row, column)
    if key.startswith(parts.DIRECTION):
        return _direction(resolved, int(key.removeprefix(parts.DIRECTION)), row, column)
    return _weight(resolved, row, column)


def _pixel(resolved: Resolved, place: Place) -> Rows:
    row, column = place
    error = float(resolved.error[row, column])
    return [
        ("response", f"row {row}, col {column}", "Counted from 0; click keeps it, Esc lets go."),
        ("target response", short(resolved.exercise.answer[row, column]), "What the target kernel answers."),
        ("response now", short(resolved.response[row, column]), "Sum of kernel times window."),
        ("difference", short(error), "Response now minus target response."),
        (
            "part of the loss",
            short(error**2 / resolved.exercise.count),
            "Its square over the number of pixels.",
        ),
    ]


def _window(resolved: Resolved, row: int, column: int) -> Rows:
    value, weight = float(resolved.patch[row, column]), float(resolved.kernel[row, column])
    error = float(resolved.error[resolved.place])
    top, left = resolved.place
    return [
        ("pixel", f"row {top + row}, col {left + column}", "Of the photo."),
        ("value", short(value), "Scaled as the state says."),
        ("times weight", f"{short(weight)} → {short(value * weight)}", "Its part of the response now."),
        ("pulls the weight", short(2 * error * value / resolved.exercise.count),
         "2/N · difference · pixel: this pixel's part of the gradient."),
    ]  # fmt: skip


def _weight(resolved: Resolved, row: int, column: int) -> Rows:
    covered = resolved.state.covered
    kernel, target = float(resolved.kernel[row, column]), float(resolved.exercise.kernel[row, column])
    slope = float(resolved.kernel_gradient[row, column])
    rows: Rows = [
        ("weight", f"row {row}, col {column}", "Counted from 0."),
        ("now", short(kernel), ""),
        ("target", COVERED if covered else short(target), "Double-click the target to change it."),
        ("gradient", short(slope), "2/N · sum of difference times shifted photo."),
    ]
    run, moment = resolved.run, resolved.moment
    if run is not None and moment < run.last:
        change = float(run.kernel(moment + 1)[row, column]) - kernel
        rows.append(("next change", short(change), "What the optimiser makes of the gradient."))
    if resolved.bowl is not None and not covered:
        rows.append(("least squares", short(resolved.bowl.kernel[row, column]), "The solution in one go."))
    return rows


def _direction(resolved: Resolved, index: int, row: int, column: int) -> Rows:
    bowl = resolved.bowl
    if bowl is None:
        return []
    factors, wrong = resolved.factors, float(bowl.errors(resolved.weights)[index])
    rows: Rows = [
        ("direction", f"{index + 1} of {len(bowl.curvatures)}", "From the steepest to the flattest."),
        ("weight", short(bowl.direction(index)[row, column]), "Its squares add up to 1 over all numbers."),
        ("curvature λ", short(bowl.curvatures[index]), "How steep the bowl is along it."),
        ("wrong by", short(wrong), "How far the kernel is from the solution along it."),
        ("costs", short(0.5 * float(bowl.curvatures[index]) * wrong**2), "λ/2 times the square: its part of the loss."),
    ]  # fmt: skip
    if factors is not None:
        text = f"×{float(factors[index]):.4f}".replace("-", "−")
        rows.append(("an update makes", text, UPDATE_MAKES[resolved.state.optimiser == "momentum"]))
    return rows
