"""Operations by their plain names, and what one kernel executes together."""

import numpy as np
import pytest
import tensorflow as tf

from bench.modes import inspection
from bench.modes.operation_names import fused_in_program, plain


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Conv2D", "Conv2D"),
        ("_MklNativeFusedConv2D", "Conv2D"),
        ("_FusedMatMul", "MatMul"),
        ("_MklMatMul", "MatMul"),
        ("_MklNativeConv2DBackpropFilterWithBias", "Conv2DBackpropFilter"),
        ("_MklNativeMaxPoolGrad", "MaxPoolGrad"),
        ("FusedBatchNormV3", "FusedBatchNormV3"),
        ("_MklNativeFusedBatchNormEx", "FusedBatchNormV3"),
        ("_FusedBatchNormEx", "FusedBatchNormV3"),
        ("ResourceApplyAdam", "ResourceApplyAdam"),
        ("While", None),
        ("StatefulPartitionedCall", None),
        ("Process", None),
        ("__inference_step_12", None),
    ],
)
def test_a_kernel_goes_by_the_operation_that_it_stands_for(kind: str, name: str | None) -> None:
    assert plain(kind) == name


def test_what_grappler_and_xla_have_fused_is_seen_in_what_they_made() -> None:
    kernel, bias = tf.constant(np.ones((3, 3, 2, 4), np.float32)), tf.constant(np.ones(4, np.float32))

    def layer(images: tf.Tensor) -> tf.Tensor:
        return tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(images, kernel, 1, "SAME"), bias))

    images = tf.random.stateless_uniform([2, 8, 8, 2], [0, 0])
    structure = inspection.structure_of(inspection.optimised_graph(tf.function(layer), (images,)))
    assert ("Conv2D", "BiasAdd", "Relu") in structure.fused
    program = inspection.optimised_program(tf.function(layer, jit_compile=True), images)
    assert any({"BiasAdd", "Relu"} <= {*group} for group in program.fused)


def test_a_program_without_fusions_fuses_nothing() -> None:
    assert fused_in_program("ENTRY %main (a: f32[]) -> f32[] {\n  ROOT %a = f32[] parameter(0)\n}\n") == ()
