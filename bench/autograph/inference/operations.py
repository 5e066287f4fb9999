"""What calls into TensorFlow, NumPy and Python return, as values."""

from bench.autograph.inference.values import PYTHON, TENSOR, UNKNOWN, Value

# Functions of tf, tf.math, tf.nn, tf.linalg ... that always return a single tensor.
ONE_TENSOR = frozenset(
    """
    abs accumulate_n acos acosh add add_n angle argmax argmin argsort as_string asin asinh atan atan2 atanh
    avg_pool avg_pool1d avg_pool2d avg_pool3d band_part batch_normalization batch_to_space bias_add bincount bitcast
    bitwise_and bitwise_or boolean_mask broadcast_to cast ceil ceiling cholesky clip_by_norm clip_by_value complex
    concat conj constant conv1d conv2d conv2d_transpose conv3d convert_to_tensor convolution cos cosh count_nonzero
    cross cumprod cumsum cumulative_logsumexp depth_to_space depthwise_conv2d det diag diag_part digamma divide
    divide_no_nan dropout edit_distance einsum elu embedding_lookup ensure_shape equal erf erfc exp expand_dims expm1
    eye fill flatten floor floordiv floormod gather gather_nd gelu greater greater_equal hinge identity igamma imag
    in_top_k inv invert_permutation is_finite is_inf is_nan is_non_decreasing l2_loss l2_normalize leaky_relu less
    less_equal lgamma linspace local_response_normalization log log1p log_sigmoid log_softmax logical_and logical_not
    logical_or logical_xor matmul matrix_transpose max_pool max_pool1d max_pool2d max_pool3d maximum minimum mod
    multiply multiply_no_nan nce_loss negative nextafter norm normal not_equal one_hot ones ones_like pad
    parallel_stack pinv polyval pow random_crop range rank real realdiv reciprocal reciprocal_no_nan reduce_all
    reduce_any reduce_euclidean_norm reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_std
    reduce_sum reduce_variance relu relu6 repeat reshape reverse reverse_sequence rint roll round rsqrt saturate_cast
    scalar_mul scatter_nd searchsorted segment_max segment_mean segment_min segment_prod segment_sum selu
    separable_conv2d sequence_mask shape shuffle sigmoid sigmoid_cross_entropy_with_logits sign silu sin sinh size
    slice softmax softmax_cross_entropy_with_logits softplus softsign solve sort space_to_batch space_to_depth
    sparse_softmax_cross_entropy_with_logits sqrt square squared_difference squeeze stack stateless_categorical
    stateless_normal stateless_truncated_normal stateless_uniform stop_gradient strided_slice subtract swish tan tanh
    tensor_scatter_nd_add tensor_scatter_nd_update tensordot tile timestamp trace transpose triangular_solve truediv
    truncated_normal uniform unsorted_segment_sum unstack_sum where xlogy zero_fraction zeros zeros_like zeta
    random_flip_left_right resize resize_with_crop_or_pad per_image_standardization adjust_brightness
    """.split()
)
_FAMILIES = frozenset(
    "tensorflow tensorflow.math tensorflow.nn tensorflow.linalg tensorflow.random tensorflow.image tensorflow.signal "
    "tensorflow.strings tensorflow.bitwise tensorflow.compat.v1 tensorflow.sets tensorflow.audio".split()
)
_PYTHON_CALLS = frozenset(
    "tensorflow.is_tensor tensorflow.executing_eagerly tensorflow.inside_function tensorflow.is_symbolic_tensor "
    "tensorflow.TensorSpec tensorflow.TensorShape tensorflow.get_static_value tensorflow.dtypes.as_dtype "
    "tensorflow.as_dtype tensorflow.broadcast_static_shape".split()
)
_TENSOR_LISTS = frozenset("unstack split meshgrid".split())
_FRESH = {
    "list": "builtins.list builtins.sorted collections.deque array.array builtins.bytearray",
    "dict": "builtins.dict collections.defaultdict collections.OrderedDict collections.Counter",
    "set": "builtins.set",
    "iterator": "builtins.iter itertools.count itertools.cycle itertools.chain itertools.islice itertools.repeat",
    "python": "builtins.str builtins.isinstance builtins.hasattr builtins.bool builtins.repr builtins.type "
    "builtins.frozenset builtins.tuple builtins.callable builtins.issubclass builtins.id builtins.format "
    "builtins.range",
}
FRESH = {name: kind for kind, names in _FRESH.items() for name in names.split()}


def result(dotted: str) -> Value:
    """What a call of this function from outside the project returns; UNKNOWN where that is not known."""
    family, _, leaf = dotted.rpartition(".")
    if dotted.startswith("tensorflow."):
        return _tensorflow(dotted, family, leaf)
    if dotted in FRESH:
        return Value(FRESH[dotted], "fresh")
    if dotted.startswith("numpy."):
        return _numpy(dotted, leaf)
    return PYTHON if dotted.startswith(("math.", "time.", "random.", "os.")) else UNKNOWN


def _numpy(dotted: str, leaf: str) -> Value:
    if dotted.startswith("numpy.random.") and leaf not in ("default_rng", "RandomState"):
        return Value("ndarray", "fresh")
    if leaf in ("prod", "dtype", "shape", "ndim", "isscalar") or leaf[:1].isupper():
        return PYTHON
    return UNKNOWN if leaf in ("default_rng", "RandomState") else Value("ndarray", "fresh")


def _tensorflow(dotted: str, family: str, leaf: str) -> Value:
    if dotted == "tensorflow.Variable":
        return Value("variable", "fresh")
    if dotted == "tensorflow.TensorArray":
        return Value("tensorarray", "fresh")
    if family.startswith("tensorflow.data.") and (leaf[:1].isupper() or family.endswith("Dataset")):
        return Value("dataset", "fresh")
    if dotted in _PYTHON_CALLS:
        return PYTHON
    if family in _FAMILIES and leaf in _TENSOR_LISTS:
        return Value("list", "fresh", item=TENSOR)
    if family in _FAMILIES and leaf in ONE_TENSOR:
        return TENSOR
    return UNKNOWN


# Methods, by the kind of the object.
_TENSORARRAY = {"write": "tensorarray", "scatter": "tensorarray", "unstack": "tensorarray", "split": "tensorarray"}
_OF_TENSOR = frozenset("assign assign_add assign_sub read_value value get_shape numpy set_shape".split())


def method_result(owner: Value, name: str) -> Value:
    """What a method of a value of a known kind returns."""
    if owner.kind == "tensorarray":
        return Value(_TENSORARRAY.get(name, "tensor"), "fresh")
    if owner.kind == "dataset":
        return UNKNOWN if name in ("reduce", "cardinality", "element_spec") else Value("dataset", "fresh")
    if owner.kind in ("tensor", "variable") and owner.sure:
        return PYTHON if name in ("get_shape", "numpy", "set_shape") else TENSOR
    if owner.kind == "tensor" and name in _OF_TENSOR:
        return PYTHON if name in ("get_shape", "numpy", "set_shape") else TENSOR
    if name == "copy" and owner.kind in ("list", "dict", "set"):
        return Value(owner.kind, "fresh", item=owner.item)
    if owner.kind in ("list", "dict") and name in ("pop", "get", "popitem"):
        return owner.item or UNKNOWN
    if owner.kind == "ndarray":
        return Value("ndarray", "fresh")
    return PYTHON if owner.kind == "python" else UNKNOWN


# Attributes of a tensor that Python knows while tracing.
STATIC_ATTRIBUTES = frozenset("shape dtype ndim name graph op device trainable".split())
