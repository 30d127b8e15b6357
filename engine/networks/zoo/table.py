"""What the catalogue lists: the networks in teaching order, then every other classifier of torchvision. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.networks.graphs.shapes import Shape


@dataclass(frozen=True, slots=True)
class Architecture:
    """One network of the catalogue.

    `builder`: "module:function" of this project, or "torchvision:name". `family` groups the list of a page. `paper`:
    authors, title, year. `story`: one sentence about what is new in it. `input_shape`: of one picture, (C, H, W).
    `classes`: 0 for a part of a net, which classifies nothing. `notes`: what to know when its numbers are compared.
    """

    name: str
    title: str
    family: str
    year: int
    input_shape: Shape
    classes: int
    builder: str
    paper: str = ""
    story: str = ""
    notes: tuple[str, ...] = ()

    @property
    def from_torchvision(self) -> bool:
        """It is one of torchvision's classifiers, under torchvision's name."""
        return self.builder.startswith("torchvision:") or self.name in ("googlenet", "inception_v3")


_LENET = "LeCun, Bottou, Bengio & Haffner: Gradient-based learning applied to document recognition, 1998"
_ALEXNET = (
    "Krizhevsky, Sutskever & Hinton: ImageNet classification with deep convolutional neural networks, 2012"
)
_ONE_TOWER = "Krizhevsky: One weird trick for parallelizing convolutional neural networks, 2014"
_VGG = "Simonyan & Zisserman: Very deep convolutional networks for large-scale image recognition, 2015 (preprint 2014)"
_NIN = "Lin, Chen & Yan: Network in network, 2014"
_INCEPTION = "Szegedy et al.: Going deeper with convolutions, 2015 (preprint 2014)"
_INCEPTION_V3 = (
    "Szegedy et al.: Rethinking the Inception architecture for computer vision, 2016 (preprint 2015)"
)
_RESNET = "He, Zhang, Ren & Sun: Deep residual learning for image recognition, 2016 (preprint 2015)"
_SQUEEZENET = (
    "Iandola et al.: SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size, 2016"
)
_MOBILENET_V1 = (
    "Howard et al.: MobileNets: efficient convolutional neural networks for mobile vision applications, 2017"
)
_MOBILENET_V2 = "Sandler et al.: MobileNetV2: inverted residuals and linear bottlenecks, 2018"
_MOBILENET_V3 = "Howard et al.: Searching for MobileNetV3, 2019"

_RESNETS = "engine.networks.zoo.residual_nets"
_BATCH_NORM_BEFORE_ITS_TIME = (
    "torchvision puts a batch norm behind every convolution; the paper of 2014 had none yet."
)
_THREE_FOR_FIVE = (
    "torchvision's third branch has 3×3 filters where the paper has 5×5, a fault that its weights preserve."
)

TEACHING: tuple[Architecture, ...] = (
    Architecture(
        "lenet5", "LeNet-5, modern form", "LeNet", 1998, (1, 32, 32), 10, "engine.networks.zoo.lenet:lenet5_modern",
        _LENET,
        "The net of 1998 with the ReLU and the max pooling of today: convolve, pool, convolve, pool, classify.",
    ),
    Architecture(
        "lenet5-1998", "LeNet-5, 1998", "LeNet", 1998, (1, 32, 32), 10, "engine.networks.zoo.lenet:lenet5_1998", _LENET,
        "Learned filters instead of designed ones: it read the amounts on bank cheques.",
        ("Every map of C3 reads all maps of S2, and pooling has no weights; the paper counts 60,000 parameters.",),
    ),
    Architecture(
        "lenet5-course", "LeNet-5, as in a course", "LeNet", 1998, (3, 32, 32), 10,
        "engine.networks.zoo.lenet:lenet5_course", _LENET,
        "The form of a well-known online course: a colour picture, and a first volume of 28×28×8.",
    ),
    Architecture(
        "cifar10-example", "CIFAR-10 example", "First nets", 2015, (3, 32, 32), 10,
        "engine.networks.zoo.examples:cifar10_example", "Stanford CS231n: Convolutional neural networks, course notes",
        "INPUT – CONV – ReLU – POOL – FC: the shortest chain that has one of each kind of layer.",
    ),
    Architecture(
        "tinyvgg", "TinyVGG", "First nets", 2026, (3, 32, 32), 10, "engine.networks.zoo.tinyvgg:TinyVGG", _VGG,
        "The plain manner of VGG for 32×32 pictures: small enough to look into every corner.",
    ),
    Architecture(
        "alexnet", "AlexNet, one tower", "AlexNet", 2014, (3, 224, 224), 1000, "torchvision:alexnet", _ONE_TOWER,
        "torchvision's AlexNet: one tower, 64-192-384-256-256 filters, no local response normalisation.",
    ),
    Architecture(
        "alexnet-2012", "AlexNet, 2012", "AlexNet", 2012, (3, 227, 227), 1000,
        "engine.networks.zoo.alexnet:alexnet_2012",
        _ALEXNET,
        "ReLU, dropout and two GPUs: it won ImageNet 2012 by ten points and started the rush to deep learning.",
        (
            "The paper writes 224×224; its own sizes, 55×55 maps from 11×11 filters at stride 4, need 227×227.",
            "conv2, conv4 and conv5 have two groups: each half of the filters lived on a GPU of its own.",
        ),
    ),
    Architecture(
        "vgg16", "VGG-16", "VGG", 2014, (3, 224, 224), 1000, "torchvision:vgg16", _VGG,
        "Only 3×3 filters, stacked: two of them see as far as one 5×5, with fewer parameters and one more ReLU.",
    ),
    Architecture(
        "vgg19", "VGG-19", "VGG", 2014, (3, 224, 224), 1000, "torchvision:vgg19", _VGG,
        "VGG-16 with three more convolutions; its features are what style transfer works on.",
    ),
    Architecture(
        "nin", "Network in Network", "Network in Network", 2014, (3, 224, 224), 1000,
        "engine.networks.zoo.nin:network_in_network", _NIN,
        "1×1 convolutions as small nets in every position, and a global average instead of fully connected layers.",
    ),
    Architecture(
        "inception-module", "Inception module (3a)", "Inception", 2014, (192, 28, 28), 0,
        "engine.networks.zoo.inception:inception_3a", _INCEPTION,
        "1×1, 3×3 and 5×5 filters and a pool side by side; 1×1 convolutions in front make that affordable.",
    ),
    Architecture(
        "googlenet", "GoogLeNet", "Inception", 2014, (3, 224, 224), 1000, "engine.networks.zoo.inception:googlenet",
        _INCEPTION,
        "Nine Inception modules, 22 layers deep, and yet a ninth of AlexNet's parameters.",
        (_BATCH_NORM_BEFORE_ITS_TIME, _THREE_FOR_FIVE),
    ),
    Architecture(
        "googlenet-aux", "GoogLeNet with side branches", "Inception", 2014, (3, 224, 224), 1000,
        "engine.networks.zoo.inception:googlenet_with_side_branches", _INCEPTION,
        "Two side branches classify half-way and bring gradients to the early layers; after training they are cut off.",
        (_BATCH_NORM_BEFORE_ITS_TIME, _THREE_FOR_FIVE),
    ),
    Architecture(
        "basic-block", "Residual block", "ResNet", 2015, (64, 56, 56), 0, f"{_RESNETS}:basic_block", _RESNET,
        "Two convolutions and a way around them: a[l+2] = g(z[l+2] + a[l]).",
    ),
    Architecture(
        "projection-block", "Residual block with Wₛ", "ResNet", 2015, (64, 56, 56), 0, f"{_RESNETS}:projection_block",
        _RESNET,
        "Where the block changes the shape, a 1×1 convolution Wₛ brings the skip connection to the same shape.",
    ),
    Architecture(
        "bottleneck-block", "Bottleneck block", "ResNet", 2015, (256, 56, 56), 0, f"{_RESNETS}:bottleneck_block",
        _RESNET,
        "1×1 down, 3×3, 1×1 up again: three layers for the price of two.",
    ),
    Architecture(
        "bottleneck-projection-block", "Bottleneck block with Wₛ", "ResNet", 2015, (256, 56, 56), 0,
        f"{_RESNETS}:bottleneck_projection_block", _RESNET,
        "The convolutional block of the deep ResNets: fewer rows and columns, more channels, and Wₛ on the skip.",
    ),
    Architecture(
        "resnet18", "ResNet-18", "ResNet", 2015, (3, 224, 224), 1000, "torchvision:resnet18", _RESNET,
        "Eight basic blocks: skip connections let a net learn the difference to the identity.",
    ),
    Architecture(
        "resnet34", "ResNet-34", "ResNet", 2015, (3, 224, 224), 1000, "torchvision:resnet34", _RESNET,
        "Sixteen basic blocks; the plain net of the same depth trains worse than one of 18 layers.",
    ),
    Architecture(
        "resnet50", "ResNet-50", "ResNet", 2015, (3, 224, 224), 1000, "torchvision:resnet50", _RESNET,
        "Sixteen bottleneck blocks: deeper than ResNet-34 at nearly the same cost.",
        (
            "torchvision has the stride of a stage in its first 3×3 convolution, the paper in the 1×1 before: the last "
            "layers see 427 pixels here and 483 there.",
        ),
    ),
    Architecture(
        "resnet20-cifar", "ResNet-20 for CIFAR-10", "ResNet", 2015, (3, 32, 32), 10, f"{_RESNETS}:resnet20_cifar",
        _RESNET,
        "The paper's small nets for 32×32 pictures: 6n + 2 layers in three stages of 16, 32 and 64 filters.",
    ),
    Architecture(
        "resnet56-cifar", "ResNet-56 for CIFAR-10", "ResNet", 2015, (3, 32, 32), 10, f"{_RESNETS}:resnet56_cifar",
        _RESNET,
        "Fifty-six layers that train well, because every block starts near the identity.",
    ),
    Architecture(
        "plain56-cifar", "Plain 56-layer net for CIFAR-10", "ResNet", 2015, (3, 32, 32), 10,
        f"{_RESNETS}:plain56_cifar", _RESNET,
        "The same layers without skip connections: it trains worse than a net of 20 layers.",
    ),
    Architecture(
        "squeezenet1_0", "SqueezeNet 1.0", "SqueezeNet", 2016, (3, 224, 224), 1000, "torchvision:squeezenet1_0",
        _SQUEEZENET,
        "Squeeze with 1×1 filters, expand with 1×1 and 3×3: AlexNet's accuracy in a fiftieth of its size.",
    ),
    Architecture(
        "squeezenet1_1", "SqueezeNet 1.1", "SqueezeNet", 2016, (3, 224, 224), 1000, "torchvision:squeezenet1_1",
        _SQUEEZENET,
        "Smaller first filters and earlier pooling: less than half the operations at the same accuracy.",
    ),
    Architecture(
        "mobilenet_v1", "MobileNet v1", "MobileNet", 2017, (3, 224, 224), 1000,
        "engine.networks.zoo.mobilenet:mobilenet_v1", _MOBILENET_V1,
        "Depthwise separable convolutions: one 3×3 filter a channel, then 1×1 filters that mix, for an eighth of the "
        "cost.",
        ("torchvision has no version 1, so nobody's weights for it are in the list.",),
    ),
    Architecture(
        "mobilenet_v2", "MobileNet v2", "MobileNet", 2018, (3, 224, 224), 1000, "torchvision:mobilenet_v2",
        _MOBILENET_V2,
        "Depthwise and 1×1 convolutions instead of full ones, with the skip between the narrow ends of a block.",
    ),
)  # fmt: skip

_SIDE_BRANCH = "The side branch is drawn and counted; torchvision's figure of operations leaves it out."


@dataclass(frozen=True, slots=True)
class _Family:
    """torchvision's variants of one design: (name, title, height and width of its pictures)."""

    family: str
    year: int
    paper: str
    story: str
    variants: tuple[tuple[str, str, int], ...]


_OTHERS: tuple[_Family, ...] = (
    _Family(
        "VGG", 2014, _VGG, "",
        (
            ("vgg11", "VGG-11", 224),
            ("vgg11_bn", "VGG-11 with batch norm", 224),
            ("vgg13", "VGG-13", 224),
            ("vgg13_bn", "VGG-13 with batch norm", 224),
            ("vgg16_bn", "VGG-16 with batch norm", 224),
            ("vgg19_bn", "VGG-19 with batch norm", 224),
        ),
    ),
    _Family(
        "ResNet", 2015, _RESNET, "",
        (("resnet101", "ResNet-101", 224), ("resnet152", "ResNet-152", 224)),
    ),
    _Family(
        "Wide ResNet", 2016, "Zagoruyko & Komodakis: Wide residual networks, 2016",
        "Fewer, wider blocks instead of ever more of them.",
        (("wide_resnet50_2", "Wide ResNet-50-2", 224), ("wide_resnet101_2", "Wide ResNet-101-2", 224)),
    ),
    _Family(
        "ResNeXt", 2017, "Xie et al.: Aggregated residual transformations for deep neural networks, 2017",
        "The 3×3 convolutions of a ResNet in many groups.",
        (
            ("resnext50_32x4d", "ResNeXt-50 32×4d", 224),
            ("resnext101_32x8d", "ResNeXt-101 32×8d", 224),
            ("resnext101_64x4d", "ResNeXt-101 64×4d", 224),
        ),
    ),
    _Family(
        "MobileNet", 2019, _MOBILENET_V3,
        "MobileNet v2 with squeeze-and-excitation, hard swish and a layout found by search.",
        (("mobilenet_v3_small", "MobileNet v3 small", 224), ("mobilenet_v3_large", "MobileNet v3 large", 224)),
    ),
    _Family(
        "DenseNet", 2017, "Huang, Liu, van der Maaten & Weinberger: Densely connected convolutional networks, 2017",
        "Every layer of a block reads the maps of all layers before it.",
        (
            ("densenet121", "DenseNet-121", 224),
            ("densenet161", "DenseNet-161", 224),
            ("densenet169", "DenseNet-169", 224),
            ("densenet201", "DenseNet-201", 224),
        ),
    ),
    _Family(
        "ShuffleNet", 2018,
        "Ma et al.: ShuffleNet V2: practical guidelines for efficient CNN architecture design, 2018",
        "Half of the channels pass by; a shuffle mixes the halves.",
        (
            ("shufflenet_v2_x0_5", "ShuffleNet v2 ×0.5", 224),
            ("shufflenet_v2_x1_0", "ShuffleNet v2 ×1.0", 224),
            ("shufflenet_v2_x1_5", "ShuffleNet v2 ×1.5", 224),
            ("shufflenet_v2_x2_0", "ShuffleNet v2 ×2.0", 224),
        ),
    ),
    _Family(
        "MNASNet", 2019, "Tan et al.: MnasNet: platform-aware neural architecture search for mobile, 2019",
        "Blocks chosen by a search that measured the time on a telephone.",
        (
            ("mnasnet0_5", "MNASNet 0.5", 224),
            ("mnasnet0_75", "MNASNet 0.75", 224),
            ("mnasnet1_0", "MNASNet 1.0", 224),
            ("mnasnet1_3", "MNASNet 1.3", 224),
        ),
    ),
    _Family(
        "EfficientNet", 2019,
        "Tan & Le: EfficientNet: rethinking model scaling for convolutional neural networks, 2019",
        "Depth, width and picture size grow together.",
        (
            ("efficientnet_b0", "EfficientNet B0", 224),
            ("efficientnet_b1", "EfficientNet B1", 240),
            ("efficientnet_b2", "EfficientNet B2", 288),
            ("efficientnet_b3", "EfficientNet B3", 300),
            ("efficientnet_b4", "EfficientNet B4", 380),
            ("efficientnet_b5", "EfficientNet B5", 456),
            ("efficientnet_b6", "EfficientNet B6", 528),
            ("efficientnet_b7", "EfficientNet B7", 600),
        ),
    ),
    _Family(
        "EfficientNet", 2021, "Tan & Le: EfficientNetV2: smaller models and faster training, 2021",
        "Full 3×3 convolutions again in the first stages, where depthwise ones are slow.",
        (
            ("efficientnet_v2_s", "EfficientNet v2 S", 384),
            ("efficientnet_v2_m", "EfficientNet v2 M", 480),
            ("efficientnet_v2_l", "EfficientNet v2 L", 480),
        ),
    ),
    _Family(
        "RegNet", 2020, "Radosavovic et al.: Designing network design spaces, 2020",
        "Widths that grow by one straight line, found by looking at whole populations of nets.",
        (
            ("regnet_x_400mf", "RegNet X 400MF", 224),
            ("regnet_x_800mf", "RegNet X 800MF", 224),
            ("regnet_x_1_6gf", "RegNet X 1.6GF", 224),
            ("regnet_x_3_2gf", "RegNet X 3.2GF", 224),
            ("regnet_x_8gf", "RegNet X 8GF", 224),
            ("regnet_x_16gf", "RegNet X 16GF", 224),
            ("regnet_x_32gf", "RegNet X 32GF", 224),
            ("regnet_y_400mf", "RegNet Y 400MF", 224),
            ("regnet_y_800mf", "RegNet Y 800MF", 224),
            ("regnet_y_1_6gf", "RegNet Y 1.6GF", 224),
            ("regnet_y_3_2gf", "RegNet Y 3.2GF", 224),
            ("regnet_y_8gf", "RegNet Y 8GF", 224),
            ("regnet_y_16gf", "RegNet Y 16GF", 224),
            ("regnet_y_32gf", "RegNet Y 32GF", 224),
            ("regnet_y_128gf", "RegNet Y 128GF", 384),
        ),
    ),
    _Family(
        "ConvNeXt", 2022, "Liu et al.: A ConvNet for the 2020s, 2022",
        "A ResNet redesigned step by step after the manner of vision transformers.",
        (
            ("convnext_tiny", "ConvNeXt tiny", 224),
            ("convnext_small", "ConvNeXt small", 224),
            ("convnext_base", "ConvNeXt base", 224),
            ("convnext_large", "ConvNeXt large", 224),
        ),
    ),
    _Family(
        "Vision transformer", 2021, "Dosovitskiy et al.: An image is worth 16x16 words, 2021",
        "Patches as words, attention instead of convolution: every layer sees the whole picture.",
        (
            ("vit_b_16", "ViT-B/16", 224),
            ("vit_b_32", "ViT-B/32", 224),
            ("vit_l_16", "ViT-L/16", 224),
            ("vit_l_32", "ViT-L/32", 224),
            ("vit_h_14", "ViT-H/14", 224),
        ),
    ),
    _Family(
        "Swin", 2021, "Liu et al.: Swin transformer: hierarchical vision transformer using shifted windows, 2021",
        "Attention inside of windows that shift from layer to layer.",
        (("swin_t", "Swin tiny", 224), ("swin_s", "Swin small", 224), ("swin_b", "Swin base", 224)),
    ),
    _Family(
        "Swin", 2022, "Liu et al.: Swin transformer V2: scaling up capacity and resolution, 2022",
        "Swin with cosine attention and positions that carry over to larger windows.",
        (("swin_v2_t", "Swin v2 tiny", 256), ("swin_v2_s", "Swin v2 small", 256), ("swin_v2_b", "Swin v2 base", 256)),
    ),
    _Family(
        "MaxViT", 2022, "Tu et al.: MaxViT: multi-axis vision transformer, 2022",
        "Convolution, attention inside of blocks and attention across a grid, in turn.",
        (("maxvit_t", "MaxViT tiny", 224),),
    ),
)  # fmt: skip


def torchvision_others() -> Iterator[Architecture]:
    """The classifiers of torchvision that the teaching list leaves out."""
    yield Architecture(
        "inception_v3", "Inception v3", "Inception", 2015, (3, 299, 299), 1000,
        "engine.networks.zoo.inception:inception_v3", _INCEPTION_V3,
        "Large filters taken apart into 3×3, and those into 1×7 and 7×1.",
        (_SIDE_BRANCH,),
    )  # fmt: skip
    for group in _OTHERS:
        for name, title, size in group.variants:
            yield Architecture(
                name, title, group.family, group.year, (3, size, size), 1000, f"torchvision:{name}", group.paper,
                group.story,
            )  # fmt: skip
