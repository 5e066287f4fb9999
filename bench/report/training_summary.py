"""summary.json of a training: how far it came, and each displayed step for other programs (see summary.py)."""

from dataclasses import asdict
from typing import Any

from bench.errors import Exit
from bench.records.training import Training, TrainingProgress
from bench.report.summary import head


def document(training: Training, progress: TrainingProgress, error: str | None = None) -> dict[str, Any]:
    """What the file holds; `error`: why the training ended early. Accuracies are shares (0..1), times seconds."""
    points = [asdict(point) for point in progress.points]
    return {
        **head("train", Exit.CASE_FAILED if error else Exit.OK, ["training.json", "points.json"]),
        "created": training.created,
        "data": training.data_title,
        "synthetic": training.synthetic,
        "mode": training.mode,
        "model": training.model,
        "recipe": training.recipe.name,
        "batch_size": training.recipe.batch_size,
        "seed": training.recipe.seed,
        "steps": training.training_steps,
        "error": error,
        "build_s": progress.start_s,
        "test_accuracy": points[-1]["test_accuracy"] if points else None,
        "best": max(points, key=lambda point: point["test_accuracy"], default=None),
        "points": points,
    }
