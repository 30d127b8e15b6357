"""The one table of pages. A page is a module here and one line in `PAGES`; the main window reads the table."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from gui.pages.base import Page, Services


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page in the sidebar: `target` is "module:Class" and imported when the page is first opened."""

    name: str
    title: str
    group: str
    icon: str
    summary: str
    target: str
    opens: tuple[str, ...] = ()
    """Kinds of files that the page takes when they are dropped elsewhere: "picture", "video", "folder", "weights"."""

    def create(self, services: Services) -> Page[Any]:
        """Build the page's widget."""
        module, _, attribute = self.target.partition(":")
        return cast("Page[Any]", getattr(import_module(module), attribute)(services, self))


PAGES: Final[tuple[PageEntry, ...]] = (
    PageEntry(
        name="convolution",
        title="Convolution",
        group="Foundations",
        icon="grid",
        summary="A kernel slides over the input; every product, sum and output cell in the open.",
        target="gui.pages.convolution.page:ConvolutionPage",
        opens=("picture", "video"),
    ),
    PageEntry(
        name="pooling",
        title="Pooling",
        group="Foundations",
        icon="grid-large",
        summary="A window leaves one value of what it sees: forward, backward, drawn by dice, shifted, on photos.",
        target="gui.pages.pooling.page:PoolingPage",
        opens=("picture", "video"),
    ),
    PageEntry(
        name="edges",
        title="Edges",
        group="Foundations",
        icon="vector-line",
        summary="Kernels that find edges: their sign, gradients with magnitude and angle, kernels that turn.",
        target="gui.pages.edges.page:EdgesPage",
        opens=("picture", "video"),
    ),
    PageEntry(
        name="learned",
        title="Learn a filter",
        group="Foundations",
        icon="school-outline",
        summary="Nine numbers of noise are trained before the class until they answer as a Sobel kernel does.",
        target="gui.pages.learned.page:LearnedPage",
        opens=("picture", "video"),
    ),
    PageEntry(
        name="shapes",
        title="Shapes and cost",
        group="Foundations",
        icon="ruler-square",
        summary="Chains of layers on paper: sizes, parameters, MACs, memory, receptive field.",
        target="gui.pages.shapes.page:ShapesPage",
    ),
    PageEntry(
        name="channels",
        title="1×1 and dense",
        group="Foundations",
        icon="layers-triple-outline",
        summary="Layers that mix channels: 1×1 convolutions, bottlenecks, flatten, fully connected.",
        target="gui.pages.channels.page:ChannelsPage",
        opens=("picture", "video"),
    ),
    PageEntry(
        name="signals",
        title="1-D and 3-D",
        group="Foundations",
        icon="pulse",
        summary="A filter along a heartbeat, a cube through a head: the same sums along one axis and along three.",
        target="gui.pages.signals.page:SignalsPage",
        opens=("signal", "volume", "folder"),
    ),
    PageEntry(
        name="mathematics",
        title="Mathematics",
        group="Foundations",
        icon="function-variant",
        summary="The sum with its flip, the laws, the adjoint, the spectrum: both sides in exact numbers.",
        target="gui.pages.mathematics.page:MathematicsPage",
    ),
    PageEntry(
        name="descriptors",
        title="Before CNNs",
        group="Foundations",
        icon="history",
        summary="Colour histograms, HOG and visual words: features made by hand, beside those that a net learned.",
        target="gui.pages.descriptors.page:DescriptorsPage",
        opens=("picture", "video"),
    ),
    PageEntry(
        name="architectures",
        title="Architectures",
        group="Networks",
        icon="graph-outline",
        summary="The classic networks as graphs, tables and traced pixels; change a layer and see what follows.",
        target="gui.pages.architectures.page:ArchitecturesPage",
        opens=("picture",),
    ),
    PageEntry(
        name="classify",
        title="Classify",
        group="Networks",
        icon="tag-outline",
        summary="A photo, a drawn digit or the camera before a net: what it sees, and what it says.",
        target="gui.pages.classify.page:ClassifyPage",
        opens=("picture", "video"),
    ),
    PageEntry(
        name="weights",
        title="Weights",
        group="Networks",
        icon="database-outline",
        summary="Trained networks: what they are, where they come from, and how they get here.",
        target="gui.pages.weights.page:WeightsPage",
        opens=("weights",),
    ),
    PageEntry(
        name="maps",
        title="Feature maps",
        group="See inside",
        icon="view-grid-outline",
        summary="Every layer of a net while it looks at a photo, a drawing, a film or the camera.",
        target="gui.pages.maps.page:MapsPage",
        opens=("picture", "video"),
    ),
    PageEntry(
        name="units",
        title="What a unit sees",
        group="See inside",
        icon="eye-outline",
        summary="One unit of a net, followed back to the pixels that it answers to.",
        target="gui.pages.units.page:UnitsPage",
        opens=("picture", "video"),
    ),
    PageEntry(
        name="boxes",
        title="Boxes",
        group="Detection",
        icon="vector-square",
        summary="From one labelled box to a detector: targets, overlap, suppression, anchors, grids, proposals.",
        target="gui.pages.boxes.page:BoxesPage",
        opens=("picture", "video", "folder"),
    ),
    PageEntry(
        name="detect",
        title="Live detection",
        group="Detection",
        icon="cctv",
        summary="A detector before the drawing board, photos, a folder, a video or the camera: what is where, live.",
        target="gui.pages.detect.page:DetectPage",
        opens=("picture", "video", "folder"),
    ),
    PageEntry(
        name="style",
        title="Style",
        group="Style",
        icon="palette-outline",
        summary="Two pictures become one: what is seen comes from the first, how it is painted from the second.",
        target="gui.pages.style.page:StylePage",
        opens=("picture", "video"),
    ),
    PageEntry(
        name="faces",
        title="Faces",
        group="Faces",
        icon="face-recognition",
        summary="Enrol people who agree, recognise and verify them, and see what the net saw and how sure it is.",
        target="gui.pages.faces.page:FacesPage",
        opens=("picture", "video", "folder"),
    ),
    PageEntry(
        name="face-learning",
        title="Face learning",
        group="Faces",
        icon="vector-triangle",
        summary="How a net learns to tell people apart: triplets, pairs, and what one photo is enough for.",
        target="gui.pages.face_learning.page:FaceLearningPage",
        opens=("picture", "video", "folder"),
    ),
)


def entry(name: str) -> PageEntry | None:
    """The page of that name, None where there is none."""
    return next((page for page in PAGES if page.name == name), None)
