"""The one table of what the engine can be asked: request type -> function. A demonstration adds one line."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.context import Context, Idle

__all__ = [
    "HANDLERS",
    "Context",
    "Handler",
    "HandlerFunction",
    "HandlerTable",
    "Idle",
    "load",
    "lookup",
    "request_name",
]


@dataclass(frozen=True, slots=True)
class Handler:
    """Where the function for a request is ("module:function"), and what it needs.

    needs_torch: the job waits until torch is loaded.  grad: steps run with gradients, not in inference mode.
    """

    target: str
    needs_torch: bool = True
    grad: bool = False


HandlerFunction: TypeAlias = Callable[[Any, Context], Any]
# Keyed by a request type, or by its dotted name.
HandlerTable: TypeAlias = Mapping[Any, Handler]

# Dotted names, so that this module imports nothing of what it lists.
HANDLERS: dict[str, Handler] = {
    "engine.sources.OpenPicture": Handler("engine.sources:open_picture_request", needs_torch=False),
    "engine.sources.LoadSample": Handler("engine.sources:load_sample_request", needs_torch=False),
    "engine.sources.ListCameras": Handler("engine.sources:list_cameras_request", needs_torch=False),
    "engine.foundations.requests.CheckConvolution": Handler("engine.foundations.check:check"),
    "engine.foundations.requests.WholeImage": Handler(
        "engine.foundations.whole_image:respond", needs_torch=False
    ),
    "engine.foundations.requests.LiveWholeImage": Handler(
        "engine.foundations.whole_image:respond_live", needs_torch=False
    ),
    "engine.foundations.descriptors.requests.DescribePicture": Handler(
        "engine.foundations.descriptors.describe:respond", needs_torch=False
    ),
    "engine.foundations.descriptors.requests.CheckDescriptor": Handler(
        "engine.foundations.descriptors.check:check", needs_torch=False
    ),
    "engine.foundations.edges.requests.FilterPicture": Handler(
        "engine.foundations.edges.picture:respond", needs_torch=False
    ),
    "engine.foundations.edges.requests.CheckFiltered": Handler(
        "engine.foundations.edges.check:check", needs_torch=False
    ),
    "engine.networks.learned_features.requests.MapFeatures": Handler(
        "engine.networks.learned_features.feature_maps:respond"
    ),
    "engine.networks.learned_features.requests.DigitTest": Handler(
        "engine.networks.learned_features.digit_test:respond"
    ),
    "engine.foundations.pooling.requests.CheckPooling": Handler(
        "engine.foundations.pooling.check:check", grad=True
    ),
    "engine.foundations.pooling.requests.CheckShift": Handler("engine.foundations.pooling.check:check_shift"),
    "engine.foundations.pooling.requests.CheckPicture": Handler(
        "engine.foundations.pooling.check:check_picture"
    ),
    "engine.foundations.pooling.requests.PoolPicture": Handler(
        "engine.foundations.pooling.picture:respond", needs_torch=False
    ),
    "engine.foundations.pooling.requests.LivePoolPicture": Handler(
        "engine.foundations.pooling.picture:respond_live", needs_torch=False
    ),
    "engine.foundations.signals.requests.CheckSlide": Handler("engine.foundations.signals.check:check"),
    "engine.foundations.signals.requests.WholeVolume": Handler(
        "engine.foundations.signals.whole_volume:respond", needs_torch=False
    ),
    "engine.foundations.signals.requests.ReadSignal": Handler(
        "engine.foundations.signals.signal_files:read", needs_torch=False
    ),
    "engine.foundations.signals.requests.ReadVolume": Handler(
        "engine.foundations.signals.volume_files:read", needs_torch=False
    ),
    "engine.foundations.learned.requests.TrainKernel": Handler(
        "engine.foundations.learned.train:train", grad=True
    ),
    "engine.foundations.learned.requests.MeasureBowl": Handler(
        "engine.foundations.learned.bowl:measure", needs_torch=False
    ),
    "engine.foundations.learned.requests.CheckRun": Handler(
        "engine.foundations.learned.check:check", needs_torch=False
    ),
    "engine.foundations.algebra.requests.CheckAlgebra": Handler(
        "engine.foundations.algebra.check:check", grad=True
    ),
    "engine.foundations.calculator.requests.CheckChain": Handler("engine.foundations.calculator.check:check"),
    "engine.foundations.channels.requests.CheckMix": Handler("engine.foundations.channels.check:check_mix"),
    "engine.foundations.channels.requests.CheckFlatten": Handler(
        "engine.foundations.channels.check:check_flatten"
    ),
    "engine.foundations.channels.requests.CheckDense": Handler(
        "engine.foundations.channels.check:check_dense"
    ),
    "engine.foundations.channels.requests.CheckCosts": Handler(
        "engine.foundations.channels.check:check_costs"
    ),
    "engine.foundations.channels.requests.MeasureVariants": Handler(
        "engine.foundations.channels.measuring:measure"
    ),
    "engine.networks.requests.DescribeNetwork": Handler("engine.networks.describe:describe"),
    "engine.networks.requests.MeasureGradients": Handler(
        "engine.networks.skips.gradient_norms:measure", grad=True
    ),
    "engine.networks.requests.ClassifyPicture": Handler("engine.networks.classifying.classify:classify"),
    "engine.networks.requests.ClassifyLive": Handler("engine.networks.classifying.classify:classify_live"),
    "engine.inside.requests.ListLayers": Handler("engine.inside.layers:list_layers"),
    "engine.inside.maps.requests.LookAtMaps": Handler("engine.inside.maps.looking:look"),
    "engine.inside.maps.requests.LiveMaps": Handler("engine.inside.maps.looking:look_live"),
    "engine.inside.maps.requests.LookAtFilters": Handler("engine.inside.maps.filters:look"),
    "engine.networks.requests.ListWeights": Handler(
        "engine.networks.weights.store:list_weights", needs_torch=False
    ),
    "engine.networks.requests.DownloadWeights": Handler(
        "engine.networks.weights.download:download", needs_torch=False
    ),
    "engine.networks.requests.ImportWeights": Handler("engine.detection.darknet.importing:import_weights"),
    "engine.networks.requests.RemoveWeights": Handler(
        "engine.networks.weights.store:remove_weights", needs_torch=False
    ),
    "engine.inside.occlusion.requests.Occlude": Handler("engine.inside.occlusion.respond:occlude"),
    "engine.inside.occlusion.requests.SweepOcclusion": Handler("engine.inside.occlusion.respond:sweep"),
    "engine.inside.asking.requests.GradCam": Handler("engine.inside.asking.cam:respond", grad=True),
    "engine.inside.asking.requests.InputGradient": Handler(
        "engine.inside.asking.gradients:saliency", grad=True
    ),
    "engine.inside.asking.requests.IntegrateGradients": Handler(
        "engine.inside.asking.gradients:integrate", grad=True
    ),
    "engine.inside.asking.requests.Maximise": Handler("engine.inside.asking.maximise:respond", grad=True),
    "engine.inside.growth.requests.GrowFeatures": Handler("engine.inside.growth.grow:respond"),
    "engine.inside.patches.requests.MinePatches": Handler("engine.inside.patches.mine:mine"),
    "engine.inside.patches.requests.FindPatches": Handler("engine.inside.patches.lookup:find"),
    "engine.inside.patches.requests.OpenPatchPicture": Handler(
        "engine.inside.patches.lookup:open_patch_picture"
    ),
    "engine.style.requests.DrawPattern": Handler("engine.style.patterns:respond", needs_torch=False),
    "engine.style.requests.PlanStyle": Handler("engine.style.opening:plan"),
    "engine.style.requests.PaintStyle": Handler("engine.style.run:paint", grad=True),
    "engine.style.fast.requests.TrainFast": Handler("engine.style.fast.run:train", grad=True),
    "engine.style.fast.requests.KeepFast": Handler("engine.style.fast.run:keep_again"),
    "engine.style.fast.requests.ListFast": Handler("engine.style.fast.shelf:respond_list", needs_torch=False),
    "engine.style.fast.requests.RenameFast": Handler("engine.style.fast.shelf:rename"),
    "engine.style.fast.requests.RemoveFast": Handler("engine.style.fast.shelf:remove", needs_torch=False),
    "engine.style.fast.requests.ApplyFast": Handler("engine.style.fast.applying:apply"),
    "engine.style.fast.requests.LiveFast": Handler("engine.style.fast.applying:apply_live"),
    "engine.style.fast.requests.LivePaint": Handler("engine.style.fast.applying:paint_live", grad=True),
    "engine.style.requests.LookAtGrams": Handler("engine.style.grams:look"),
    "engine.style.requests.CompareGrams": Handler("engine.style.grams:compare"),
    "engine.style.requests.CheckWorked": Handler("engine.style.worked:check", grad=True),
    "engine.inside.descent.requests.LookAtUnit": Handler("engine.inside.descent.answer:look"),
    "engine.inside.descent.requests.Descend": Handler("engine.inside.descent.answer:descend"),
    "engine.detection.folders.requests.ListPictures": Handler(
        "engine.detection.folders.listing:respond", needs_torch=False
    ),
    "engine.detection.folders.requests.DetectFolder": Handler("engine.detection.folders.detecting:respond"),
    "engine.detection.grid.requests.CheckGrid": Handler("engine.detection.grid.check:check"),
    "engine.detection.evaluation.requests.EvaluatePages": Handler(
        "engine.detection.evaluation.evaluate:pages"
    ),
    "engine.detection.evaluation.requests.EvaluateFolder": Handler(
        "engine.detection.evaluation.evaluate:folder"
    ),
    "engine.detection.evaluation.requests.ReadPage": Handler(
        "engine.detection.evaluation.evaluate:read_page"
    ),
    "engine.detection.evaluation.requests.CheckScores": Handler("engine.detection.evaluation.check:check"),
    "engine.inside.descent.requests.CheckDescent": Handler("engine.inside.descent.check:check", grad=True),
    "engine.detection.checks.requests.CheckTarget": Handler("engine.detection.checks.check:check_target"),
    "engine.detection.checks.requests.CheckOverlap": Handler("engine.detection.checks.check:check_overlap"),
    "engine.detection.checks.requests.CheckLandmarks": Handler(
        "engine.detection.checks.check:check_landmarks", grad=True
    ),
    "engine.detection.checks.requests.CheckCell": Handler("engine.detection.checks.cell:check_cell"),
    "engine.detection.requests.ListDetectors": Handler(
        "engine.detection.detectors:list_detectors", needs_torch=False
    ),
    "engine.detection.requests.DetectPicture": Handler("engine.detection.live:detect_picture"),
    "engine.detection.requests.DetectLive": Handler("engine.detection.live:detect_live"),
    "engine.detection.requests.CellLook": Handler("engine.detection.live:look_at_cell"),
    "engine.detection.proposals.requests.FindProposals": Handler(
        "engine.detection.proposals.search:respond", needs_torch=False
    ),
    "engine.detection.proposals.requests.ClassifyCrops": Handler("engine.detection.proposals.crops:respond"),
    "engine.detection.proposals.requests.ClassifyPooled": Handler(
        "engine.detection.proposals.pooled:respond"
    ),
    "engine.detection.proposals.requests.ProposeByNet": Handler("engine.detection.proposals.faster:respond"),
    "engine.detection.proposals.requests.CheckRoi": Handler("engine.detection.proposals.pooled:check"),
    "engine.detection.sliding.requests.SlideOnce": Handler("engine.detection.sliding.passes:respond"),
    "engine.detection.sliding.requests.SlideSeparately": Handler(
        "engine.detection.sliding.passes:separately"
    ),
    "engine.detection.sliding.requests.CheckVolumes": Handler("engine.detection.sliding.passes:check"),
    "engine.detection.suppression.requests.CheckSuppression": Handler(
        "engine.detection.suppression.check:check"
    ),
    "engine.detection.anchoring.requests.CheckKMeans": Handler(
        "engine.detection.anchoring.check:check_kmeans"
    ),
    "engine.detection.anchoring.requests.CheckPlaced": Handler(
        "engine.detection.anchoring.check:check_placed"
    ),
    "engine.detection.anchoring.requests.ReadLabels": Handler(
        "engine.detection.anchoring.reading:read", needs_torch=False
    ),
    "engine.detection.anchoring.requests.DigitShapes": Handler(
        "engine.training.digit_shapes:measure", needs_torch=False
    ),
    "engine.faces.gallery.requests.ReadGallery": Handler(
        "engine.faces.gallery.handlers:change", needs_torch=False
    ),
    "engine.faces.gallery.requests.Enrol": Handler("engine.faces.gallery.handlers:change", needs_torch=False),
    "engine.faces.gallery.requests.Rename": Handler(
        "engine.faces.gallery.handlers:change", needs_torch=False
    ),
    "engine.faces.gallery.requests.Merge": Handler("engine.faces.gallery.handlers:change", needs_torch=False),
    "engine.faces.gallery.requests.Split": Handler("engine.faces.gallery.handlers:change", needs_torch=False),
    "engine.faces.gallery.requests.DeletePhoto": Handler(
        "engine.faces.gallery.handlers:change", needs_torch=False
    ),
    "engine.faces.gallery.requests.AddEmbeddings": Handler(
        "engine.faces.gallery.handlers:change", needs_torch=False
    ),
    "engine.faces.gallery.requests.WriteLog": Handler(
        "engine.faces.gallery.handlers:change", needs_torch=False
    ),
    "engine.faces.gallery.requests.EmptyLog": Handler(
        "engine.faces.gallery.handlers:change", needs_torch=False
    ),
    "engine.faces.gallery.requests.ExportGallery": Handler(
        "engine.faces.gallery.handlers:change", needs_torch=False
    ),
    "engine.faces.gallery.requests.ImportGallery": Handler(
        "engine.faces.gallery.handlers:change", needs_torch=False
    ),
    "engine.faces.gallery.requests.SetAside": Handler(
        "engine.faces.gallery.handlers:change", needs_torch=False
    ),
    "engine.faces.gallery.requests.Forget": Handler(
        "engine.faces.gallery.handlers:forget", needs_torch=False
    ),
    "engine.faces.gallery.requests.LookAtPhoto": Handler(
        "engine.faces.gallery.handlers:look_at_photo", needs_torch=False
    ),
    "engine.faces.gallery.requests.Reembed": Handler("engine.faces.gallery.handlers:reembed"),
    "engine.faces.requests.ListFaceModels": Handler("engine.faces.live:list_models", needs_torch=False),
    "engine.faces.requests.FindFaces": Handler("engine.faces.live:find_faces"),
    "engine.faces.requests.LiveFaces": Handler("engine.faces.live:find_faces_live"),
    "engine.faces.requests.EmbedCrops": Handler("engine.faces.live:embed_crops"),
    "engine.faces.requests.PlaceFaces": Handler("engine.faces.scatter:answer", needs_torch=False),
    "engine.faces.requests.EmbedCrowd": Handler("engine.faces.crowd:answer"),
    "engine.faces.requests.GroupFaces": Handler("engine.faces.grouping:answer", needs_torch=False),
    "engine.faces.requests.CheckDistance": Handler("engine.faces.check:check_distance"),
    "engine.faces.learning.requests.CheckTriplet": Handler(
        "engine.faces.learning.check:check_triplet", grad=True
    ),
    "engine.faces.learning.requests.CheckPair": Handler("engine.faces.learning.check:check_pair", grad=True),
    "engine.faces.learning.requests.TrainTriplets": Handler("engine.faces.learning.train:train", grad=True),
    "engine.faces.learning.requests.LearnPairs": Handler(
        "engine.faces.learning.pair_lesson:learn", grad=True
    ),
    "engine.faces.learning.requests.EmbedOwn": Handler("engine.faces.learning.pair_lesson:embed_own"),
    "engine.faces.learning.requests.MeetNewcomer": Handler("engine.faces.learning.newcomer:meet", grad=True),
}


def request_name(request_type: type) -> str:
    """The dotted name under which a request type stands in a table."""
    return f"{request_type.__module__}.{request_type.__qualname__}"


def lookup(request: object, handlers: HandlerTable = HANDLERS) -> Handler:
    """The handler of a request; raises LookupError, naming the type, where the table has none."""
    name = request_name(type(request))
    handler = handlers.get(type(request)) or handlers.get(name)
    if handler is None:
        raise LookupError(f"no handler for requests of type {name}")
    return handler


def load(handler: Handler) -> HandlerFunction:
    """Import the handler's module and return its function; raises ImportError or AttributeError."""
    module, _, name = handler.target.partition(":")
    function: HandlerFunction = getattr(importlib.import_module(module), name)
    return function
